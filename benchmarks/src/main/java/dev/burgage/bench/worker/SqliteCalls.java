package dev.burgage.bench.worker;

import dev.burgage.bench.load.LoadResult;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The floor under every SQLite server: the same point read and durable insert, called through JDBC
/// in one process, prepared once. Each reading thread has a connection; inserting threads share
/// one, a transaction (and an fsync) each.
final class SqliteCalls {
  private static final String READ = "SELECT id, name, email, amount, note FROM item WHERE id = ?";
  private static final String INSERT =
      "INSERT INTO entry (name, email, amount, note) VALUES (?, ?, ?, ?)";
  private static final String COLUMNS =
      "(id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, amount INTEGER NOT NULL,"
          + " note TEXT NOT NULL)";
  private final ReentrantLock writing = new ReentrantLock();
  private String url = "";
  private long rows;

  Map<String, Object> open(Command command) throws SQLException {
    url = "jdbc:sqlite:" + Path.of(command.folder(), "tenant.db");
    rows = command.count();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item " + COLUMNS);
      statement.execute("CREATE TABLE entry " + COLUMNS);
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + rows
              + ") INSERT INTO item SELECT i, printf('Item %06d', i),"
              + " printf('item.%06d@example.org', i), i * 37, printf('%0160d', i * 7919) FROM n");
    }
    return Map.of();
  }

  Map<String, Object> run(Command command)
      throws SQLException, InterruptedException, ExecutionException {
    boolean read = command.kind().equals("read");
    long end = System.nanoTime() + command.millis() * 1_000_000;
    long each = Math.max(1, command.count() / command.threads());
    long start = System.nanoTime();
    var latencies = LoadResult.newHistogram();
    try (Connection shared = connect();
        var threads = Executors.newFixedThreadPool(command.threads())) {
      List<Future<Histogram>> results = new ArrayList<>();
      for (int i = 0; i < command.threads(); i++) {
        results.add(threads.submit(() -> read ? read(each, end) : insert(shared, each, end)));
      }
      for (Future<Histogram> result : results) {
        latencies.add(result.get());
      }
    }
    return Map.of(
        "requests", latencies.getTotalCount(),
        "elapsedNanos", System.nanoTime() - start,
        "p50Nanos", latencies.getValueAtPercentile(50),
        "p99Nanos", latencies.getValueAtPercentile(99));
  }

  private Histogram read(long count, long end) throws SQLException {
    var random = ThreadLocalRandom.current();
    var latencies = LoadResult.newHistogram();
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(READ)) {
      long now = System.nanoTime();
      for (long i = 0; i < count && now < end; i++) {
        long id = 1 + random.nextLong(rows);
        statement.setLong(1, id);
        check(statement, id);
        long after = System.nanoTime();
        latencies.recordValue(after - now);
        now = after;
      }
    }
    return latencies;
  }

  private static void check(PreparedStatement statement, long id) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      @Nullable String note = row.next() ? row.getString("note") : null;
      if (note == null || row.getLong("amount") != id * 37 || row.getString("name").isEmpty()) {
        throw new SQLException("row %d is not as it should be".formatted(id));
      }
    }
  }

  private Histogram insert(Connection shared, long count, long end) throws SQLException {
    var latencies = LoadResult.newHistogram();
    for (long i = 0, now = System.nanoTime(); i < count && now < end; i++) {
      insert(shared);
      long after = System.nanoTime();
      latencies.recordValue(after - now);
      now = after;
    }
    return latencies;
  }

  private void insert(Connection shared) throws SQLException {
    writing.lock();
    try (PreparedStatement statement = shared.prepareStatement(INSERT)) {
      statement.setString(1, "Entry");
      statement.setString(2, "entry@example.org");
      statement.setLong(3, 37);
      statement.setString(4, "0".repeat(160));
      statement.executeUpdate();
    } finally {
      writing.unlock();
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
    }
    return connection;
  }
}
