package dev.burgage.bench.worker;

import dev.burgage.bench.load.LoadResult;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Clients that each insert into one database after the other, at random, and remember what was
/// acknowledged. For one thread, as the worker has it.
public final class CommitCalls {
  private final ManyDatabases.Opener opener;
  private @Nullable Command opened;
  private @Nullable ManyDatabases databases;
  private AtomicLongArray acknowledged = new AtomicLongArray(0);

  public CommitCalls(ManyDatabases.Opener opener) {
    this.opener = opener;
  }

  /// @param command folder, count (databases)
  public Map<String, Object> open(Command command) throws IOException, SQLException {
    opened = command;
    databases = opener.open(command);
    acknowledged = new AtomicLongArray(Math.toIntExact(command.count()));
    return Map.of();
  }

  /// @param command kind (`virtual` or `platform` threads), threads, count (at most), millis
  public Map<String, Object> run(Command command)
      throws SQLException, InterruptedException, ExecutionException {
    ManyDatabases into = databases();
    long end = System.nanoTime() + command.millis() * 1_000_000;
    long each = Math.max(1, command.count() / command.threads());
    Histogram latencies = LoadResult.newHistogram();
    long start = System.nanoTime();
    try (ExecutorService threads = threads(command)) {
      List<Future<Histogram>> clients = new ArrayList<>();
      for (int i = 0; i < command.threads(); i++) {
        clients.add(threads.submit(() -> client(into, each, end)));
      }
      for (Future<Histogram> client : clients) {
        latencies.add(client.get());
      }
    }
    return Map.of(
        "requests", latencies.getTotalCount(),
        "elapsedNanos", System.nanoTime() - start,
        "p50Nanos", latencies.getValueAtPercentile(50),
        "p99Nanos", latencies.getValueAtPercentile(99));
  }

  private static ExecutorService threads(Command command) {
    return command.kind().equals("virtual")
        ? Executors.newVirtualThreadPerTaskExecutor()
        : Executors.newFixedThreadPool(command.threads());
  }

  private Histogram client(ManyDatabases into, long count, long end) throws SQLException {
    var random = ThreadLocalRandom.current();
    Histogram latencies = LoadResult.newHistogram();
    long now = System.nanoTime();
    for (long i = 0; i < count && now < end; i++) {
      int database = random.nextInt(acknowledged.length());
      into.insert(database);
      acknowledged.incrementAndGet(database);
      long after = System.nanoTime();
      latencies.recordValue(after - now);
      now = after;
    }
    return latencies;
  }

  /// Counts the rows of each database, closes all, opens them anew and counts again.
  ///
  /// @throws IllegalStateException if a database has not as many as were acknowledged
  public Map<String, Object> check() throws IOException, SQLException {
    count("before a close");
    databases().close();
    Command again = opened;
    if (again == null) {
      throw new IllegalStateException("nothing was opened");
    }
    databases = opener.open(again);
    return Map.of("rows", count("after a reopen"));
  }

  private long count(String when) throws SQLException {
    ManyDatabases all = databases();
    long rows = 0;
    for (int i = 0; i < acknowledged.length(); i++) {
      long found = all.count(i);
      if (found != acknowledged.get(i)) {
        throw new IllegalStateException(
            "database %d has %d rows %s, and %d were acknowledged"
                .formatted(i, found, when, acknowledged.get(i)));
      }
      rows += found;
    }
    return rows;
  }

  private ManyDatabases databases() {
    ManyDatabases now = databases;
    if (now == null) {
      throw new IllegalStateException("nothing was opened");
    }
    return now;
  }
}
