package dev.burgage.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a reader must know of the machine to read the figures.
public final class Machine {
  private static final long KIB_PER_GIB = 1024L * 1024;

  private Machine() {}

  /// @param folder where the databases are
  public static Map<String, String> describe(Path folder) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", field("/proc/cpuinfo", "model name"));
    long kib = Long.parseLong(field("/proc/meminfo", "MemTotal").replace("kB", "").strip());
    facts.put("memory", Math.round((double) kib / KIB_PER_GIB) + " GiB");
    facts.put("kernel", "Linux " + System.getProperty("os.version"));
    facts.put("file system", Files.getFileStore(folder).type());
    facts.put("java", Runtime.version() + " " + System.getProperty("java.vendor"));
    facts.put("load average at start", loadAverage());
    return facts;
  }

  private static String loadAverage() throws IOException {
    String text = Files.readString(Path.of("/proc/loadavg"));
    return text.substring(0, text.indexOf(' '));
  }

  private static String field(String file, String name) throws IOException {
    return Files.readString(Path.of(file))
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
