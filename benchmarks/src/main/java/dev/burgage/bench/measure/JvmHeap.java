package dev.burgage.bench.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The used heap of another JVM, asked by `jcmd`. Knows the output of the serial, parallel and G1
/// collectors.
public final class JvmHeap {
  private static final Pattern USED = Pattern.compile("total .*?used (\\d+)K");

  private JvmHeap() {}

  /// Runs a full collection first, so that only what is reachable counts.
  ///
  /// @return KiB
  public static long usedAfterCollection(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    return parse(jcmd(pid, "GC.heap_info"));
  }

  static long parse(String heapInfo) {
    Matcher matcher = USED.matcher(heapInfo);
    long sum = 0;
    boolean found = false;
    while (matcher.find()) {
      sum += Long.parseLong(matcher.group(1));
      found = true;
    }
    if (!found) {
      throw new IllegalArgumentException("jcmd's heap_info is not understood: " + heapInfo);
    }
    return sum;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(jcmd, Long.toString(pid), command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd %d %s failed: %s".formatted(pid, command, output));
    }
    return output;
  }
}
