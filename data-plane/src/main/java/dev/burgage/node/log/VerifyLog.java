package dev.burgage.node.log;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// `burgage node verify-log DIR`: checks a log that no node writes, for people.
public final class VerifyLog {
  /// Nothing is wrong.
  public static final int SOUND = 0;

  /// Something is, or there is no log.
  public static final int DAMAGED = 1;

  private VerifyLog() {}

  /// @param path a node's data folder, its `log` folder, or a segment
  /// @return the status to end with
  public static int run(Path path, PrintStream out) {
    Path inside = path.resolve("log");
    try {
      LogCheck.Report report = LogCheck.of(Files.isDirectory(inside) ? inside : path);
      report.findings().forEach(finding -> out.println("DAMAGED " + finding));
      if (report.unfinished() != null) {
        out.println("unfinished, cut off by the node's next start: " + report.unfinished());
      }
      out.printf(
          "%s: %d records of %d databases in %d bytes%n",
          report.findings().isEmpty() ? "sound" : "damaged",
          report.records(),
          report.databases(),
          report.bytes());
      return report.findings().isEmpty() ? SOUND : DAMAGED;
    } catch (IOException | IllegalArgumentException e) {
      out.println("burgage node verify-log: " + e.getMessage());
      return DAMAGED;
    }
  }
}
