package dev.burgage.node.history;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.CreateDatabase;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

/// How long it takes to fork a tenant, to restore it in place and to look at its past, beside a
/// copy of its file that is synced. Prints medians and ratios.
///
/// Arguments: an empty folder; megabytes of the tenant; rounds; `text` for rows that can be packed
/// to half of their bytes, else they cannot be packed at all.
public final class PastBench {
  private PastBench() {}

  @FunctionalInterface
  private interface Task {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int megabytes = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    try (PastFixture fixture =
        new PastFixture(Files.createDirectories(folder.resolve("n1")), 1L << 32)) {
      boolean isText = arguments.length > 3 && arguments[3].equals("text");
      String rows =
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000)"
              + " INSERT INTO t0(a, b) SELECT i, "
              + (isText ? "hex(randomblob(450))" : "randomblob(900)")
              + " FROM n";
      for (int i = 0; i < megabytes; i++) {
        fixture.execute(rows);
      }
      Bookmark full = fixture.history().bookmark(fixture.binding, null);
      fixture.execute("UPDATE t0 SET a = 'changed' WHERE id % 100 = 0");
      Bookmark changed = fixture.history().bookmark(fixture.binding, null);
      fixture.awaitShipped();
      fixture.databases.closeNow(DatabaseHistory.identity(fixture.binding), Duration.ofSeconds(30));
      System.out.printf("tenant: %d MB%n", Files.size(fixture.file(fixture.binding)) >> 20);
      report(folder, fixture, new Moments(full, changed), rounds);
    }
  }

  private record Moments(Bookmark full, Bookmark changed) {}

  private static void report(Path folder, PastFixture fixture, Moments at, int rounds)
      throws Exception {
    double[][] millis = new double[5][rounds];
    for (int round = 0; round < rounds; round++) {
      millis[0][round] = time(() -> copy(fixture.file(fixture.binding), folder.resolve("copy")));
      millis[1][round] = time(() -> fork(fixture, at.full()));
      fixture.forgetLocal(fixture.log); // what was made is not used
      millis[2][round] = time(() -> look(fixture, at.full()));
      fixture.forgetLocal(fixture.log);
      millis[3][round] = time(() -> restore(fixture, at.full()));
      millis[4][round] = time(() -> restore(fixture, at.changed()));
      restore(fixture, at.full());
      fixture.awaitShipped();
    }
    String[] names = {
      "copy and fsync",
      "fork",
      "first look at the past",
      "restore, file not made yet",
      "restore, one row in a hundred differs"
    };
    double copy = median(millis[0]);
    for (int i = 0; i < names.length; i++) {
      double median = median(millis[i]);
      System.out.printf("%-42s %8.0f ms  %5.1f%n", names[i], median, median / copy);
    }
  }

  private static double time(Task task) throws Exception {
    long start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.deleteIfExists(to);
    Files.copy(from, to);
    try (FileChannel file = FileChannel.open(to, StandardOpenOption.WRITE)) {
      file.force(true);
    }
  }

  private static void fork(PastFixture fixture, Bookmark at) {
    fixture
        .history()
        .fork(
            new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1),
            new CreateDatabase.Source(
                fixture.binding.database(), at.toString(), Limits.DEFAULT.sizeBytesMax()));
  }

  private static void look(PastFixture fixture, Bookmark at) {
    fixture.history().past(fixture.binding, new Moment.AtBookmark(at)).close();
  }

  private static void restore(PastFixture fixture, Bookmark to) {
    fixture.history().restore(fixture.binding, new Moment.AtBookmark(to));
  }
}
