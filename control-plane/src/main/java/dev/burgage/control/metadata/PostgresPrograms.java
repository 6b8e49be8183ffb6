package dev.burgage.control.metadata;

import dev.burgage.control.folder.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs `initdb` and `pg_ctl`. PostgreSQL refuses to run as root, so for root they run in a user
/// namespace of their own, in which they are nobody and still own their files.
final class PostgresPrograms {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Path bin;
  private final Path output;
  private final List<String> prefix;

  /// @param output file that takes what the programs print; each run writes it anew
  PostgresPrograms(Path binaries, Path output) {
    this.bin = binaries.resolve("bin");
    this.output = output;
    this.prefix = isRoot() ? namespace() : List.of();
  }

  /// @return the exit status
  int run(String program, List<String> arguments) {
    var command = new ArrayList<>(prefix);
    command.add(bin.resolve(program).toString());
    command.addAll(arguments);
    return execute(command, output);
  }

  String output() {
    try {
      return Files.readString(output).strip();
    } catch (IOException e) {
      return "(its output cannot be read: " + e + ")";
    }
  }

  private static boolean isRoot() {
    try {
      Path self = Path.of("/proc/self");
      return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private List<String> namespace() {
    List<String> unshare = List.of("unshare", "--user");
    var probe = new ArrayList<>(unshare);
    probe.add("true");
    if (execute(probe, output) != 0) {
      throw new StartRefused(
          "PostgreSQL does not run as root, and this system gives root no user namespace (%s); start Burgage as a user that is not root, or name a server with BURGAGE_METADATA_URL"
              .formatted(output()));
    }
    return unshare;
  }

  // Output goes to a file: the server inherits it, and a pipe would stay open as long as the server
  // lives.
  private static int execute(List<String> command, Path output) {
    try {
      var builder = new ProcessBuilder(command);
      builder.environment().putAll(Map.of("LC_ALL", "C", "TZ", "UTC"));
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "%s did not end within %s".formatted(command.getFirst(), LONGEST));
      }
      return process.exitValue();
    } catch (IOException e) {
      throw new StartRefused("cannot run %s: %s".formatted(command, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command, e);
    }
  }
}
