package dev.burgage.node.rebuild;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A JVM that reads one file: small, without this process's environment, with its working folder
/// and temporary files in a folder of its own.
///
/// @param process the JVM
/// @param errors what it has to say for people
record ReaderProcess(Process process, Path errors) {
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx96m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:-CreateCoredumpOnCrash",
          "-XX:ErrorFile=crash.log",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "-Djava.io.tmpdir=.",
          "-Dorg.sqlite.tmpdir=.");
  private static final long KILL_WAIT_SECONDS = 10;
  private static final int ERROR_CHARACTERS_MAX = 500;

  static ReaderProcess start(Path folder, String program, String guardSetting) throws IOException {
    Path errors = folder.resolve("errors");
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var builder =
        new ProcessBuilder(
            Stream.of(
                    Stream.of(java.toString()),
                    OPTIONS.stream(),
                    ProgramPath.of(program).stream(),
                    Stream.of(guardSetting))
                .flatMap(part -> part)
                .toList());
    builder.directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("TMPDIR", ".");
    builder.environment().put("SQLITE_TMPDIR", ".");
    builder.redirectError(errors.toFile());
    return new ReaderProcess(builder.start(), errors);
  }

  /// Memory that it has now, 0 if that is not known.
  long memoryBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0; // it has ended, or this is no Linux
    }
  }

  /// Why it ended: null if all is well.
  @Nullable String failure() throws InterruptedException {
    int status = process.waitFor();
    if (status == 0) {
      return null;
    }
    String said = lastError();
    return status == ReaderMain.REFUSED && !said.isEmpty()
        ? said
        : "the process that read it ended with status %d (%s)".formatted(status, said);
  }

  private String lastError() {
    try {
      String all = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
      String last = all.substring(all.lastIndexOf('\n') + 1);
      String text = new String(last.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      return text.length() <= ERROR_CHARACTERS_MAX ? text : text.substring(0, ERROR_CHARACTERS_MAX);
    } catch (IOException e) {
      return "";
    }
  }

  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(KILL_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
