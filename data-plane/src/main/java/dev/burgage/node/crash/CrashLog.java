package dev.burgage.node.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The file that a JVM writes when native code has crashed it: `crash-<pid>.log` in the node's
/// folder, where every launcher of ours has it (`-XX:ErrorFile`), else `hs_err_pid<pid>.log` in the
/// working folder. Stateless.
final class CrashLog {
  private static final int LINES_MAX = 200;
  // As in "Current thread (0x…):  JavaThread "main" [_thread_in_native, id=4711, stack(…)]".
  private static final Pattern THREAD = Pattern.compile("^Current thread .*\\bid=(\\d+)\\b");

  private CrashLog() {}

  /// @param started the process; an older log is of another process with the same id
  /// @return the thread that crashed the process, empty if it did not crash
  static OptionalLong thread(Path folder, long pid, Instant started) throws IOException {
    for (Path log :
        List.of(
            folder.resolve("crash-%d.log".formatted(pid)),
            Path.of("hs_err_pid%d.log".formatted(pid)))) {
      if (Files.exists(log) && Files.getLastModifiedTime(log).toInstant().isAfter(started)) {
        return thread(log);
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong thread(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines
          .limit(LINES_MAX)
          .map(THREAD::matcher)
          .filter(Matcher::find)
          .mapToLong(found -> Long.parseLong(found.group(1)))
          .findFirst();
    }
  }
}
