package dev.burgage.node.statistics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.burgage.node.statistics.StatisticsFile.Row;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.Statistics;
import dev.burgage.protocol.node.Statistics.OfHour;
import dev.burgage.protocol.node.Statistics.OfStatement;
import dev.burgage.protocol.node.StatisticsOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The figures of this node's statements, also of before it was started anew; of before a crash all
/// but those since the last [#save()]. What is seldom counted gives way when the bound is reached,
/// so the figures of busy statements are the good ones. Thread-safe.
public final class QueryStatistics {
  private static final int STATEMENTS_MAX = 20_000;
  private static final int HOURS_MAX = 20_000;
  private static final int SHAPES_MAX = 10_000;
  private static final int REMEMBERED_LENGTH_MAX = 4_096;
  private static final Duration KEPT = Duration.ofDays(31);

  private final StatisticsFile file;
  private final Clock clock;
  private volatile boolean changed;
  private final Cache<Statement, Sums> statements = kept(STATEMENTS_MAX);
  private final Cache<Hour, Sums> hours = kept(HOURS_MAX);
  private final Cache<String, String> shapes =
      Caffeine.newBuilder().maximumSize(SHAPES_MAX).executor(Runnable::run).build();

  private QueryStatistics(StatisticsFile file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /// The figures that are kept in a node's folder.
  public static QueryStatistics open(Path folder, Clock clock) {
    StatisticsFile file = new StatisticsFile(folder);
    QueryStatistics all = new QueryStatistics(file, clock);
    all.add(file.read());
    return all;
  }

  private void add(StatisticsFile.Content content) {
    for (Row row : content.hours()) {
      Hour hour = hour(row);
      if (isKept(hour)) {
        hours.get(hour, _ -> new Sums()).add(row.sums());
      }
    }
    for (Row row : content.statements()) {
      Hour hour = hour(row);
      if (row.shape() != null && isKept(hour)) {
        statements.get(new Statement(hour, row.shape()), _ -> new Sums()).add(row.sums());
      }
    }
  }

  private static Hour hour(Row row) {
    return new Hour(new PoolName(row.pool()), DatabaseId.parse(row.database()), row.hour());
  }

  // By the hour it is of, not by when it was read from the file.
  private boolean isKept(Hour hour) {
    return hour.hour() >= TimeUnit.MILLISECONDS.toHours(clock.millis()) - KEPT.toHours();
  }

  /// Writes all figures to the folder, if any are new. One thread at a time.
  public void save() throws IOException {
    if (!changed) {
      return;
    }
    changed = false;
    List<Row> ofStatements = new ArrayList<>();
    statements
        .asMap()
        .forEach((statement, sums) -> row(statement.hour(), statement.shape(), sums, ofStatements));
    List<Row> ofHours = new ArrayList<>();
    hours.asMap().forEach((hour, sums) -> row(hour, /* shape= */ null, sums, ofHours));
    try {
      file.write(new StatisticsFile.Content(ofStatements, ofHours));
    } catch (IOException e) {
      changed = true;
      throw e;
    }
  }

  private void row(Hour hour, @Nullable String shape, Sums sums, List<Row> rows) {
    if (isKept(hour)) {
      rows.add(
          new Row(
              hour.pool().value(), hour.database().toString(), hour.hour(), shape, sums.values()));
    }
  }

  private static <K> Cache<K, Sums> kept(int max) {
    return Caffeine.newBuilder()
        .maximumSize(max)
        .expireAfterWrite(KEPT)
        .executor(Runnable::run)
        .build();
  }

  private record Hour(PoolName pool, DatabaseId database, long hour) {
    boolean isIn(StatisticsOrder order) {
      return pool.equals(order.pool())
          && (order.database() == null || database.equals(order.database()))
          && hour >= order.fromHour()
          && hour <= order.toHour();
    }
  }

  private record Statement(Hour hour, String shape) {}

  /// Counts a statement that has run.
  public void record(Binding binding, String sql, boolean write, Cost cost) {
    Hour hour =
        new Hour(binding.pool(), binding.database(), TimeUnit.MILLISECONDS.toHours(clock.millis()));
    hours.get(hour, _ -> new Sums()).add(write, cost);
    statements.get(new Statement(hour, shape(sql)), _ -> new Sums()).add(write, cost);
    if (!changed) { // a read is shared by all cores, a write is not
      changed = true;
    }
  }

  private String shape(String sql) {
    return sql.length() > REMEMBERED_LENGTH_MAX
        ? StatementShape.of(sql)
        : shapes.get(sql, StatementShape::of);
  }

  public Statistics read(StatisticsOrder order) {
    return new Statistics(statements(order), hours(order));
  }

  private record InDatabase(DatabaseId database, String shape) {}

  private List<OfStatement> statements(StatisticsOrder order) {
    Map<InDatabase, OfStatement> summed = new HashMap<>();
    statements
        .asMap()
        .forEach((statement, sums) -> {
          if (statement.hour().isIn(order)) {
            InDatabase key = new InDatabase(statement.hour().database(), statement.shape());
            summed.merge(key, of(key, sums), QueryStatistics::plus);
          }
        });
    return summed.values().stream().sorted(Statistics.by(order)).limit(order.limit()).toList();
  }

  private static OfStatement of(InDatabase key, Sums sums) {
    return new OfStatement(
        key.database(),
        key.shape(),
        sums.count(),
        sums.millis(),
        sums.rowsRead(),
        sums.rowsWritten(),
        sums.rowsReturned());
  }

  private static OfStatement plus(OfStatement one, OfStatement other) {
    return new OfStatement(
        one.database(),
        one.statement(),
        one.count() + other.count(),
        one.durationMillis() + other.durationMillis(),
        one.rowsRead() + other.rowsRead(),
        one.rowsWritten() + other.rowsWritten(),
        one.rowsReturned() + other.rowsReturned());
  }

  private List<OfHour> hours(StatisticsOrder order) {
    Map<Long, OfHour> summed = new TreeMap<>();
    hours
        .asMap()
        .forEach((hour, sums) -> {
          if (hour.isIn(order)) {
            OfHour own =
                new OfHour(
                    hour.hour(), sums.reads(), sums.writes(), sums.rowsRead(), sums.rowsWritten());
            summed.merge(hour.hour(), own, QueryStatistics::plus);
          }
        });
    return new ArrayList<>(summed.values());
  }

  private static OfHour plus(OfHour one, OfHour other) {
    return new OfHour(
        one.hour(),
        one.readQueries() + other.readQueries(),
        one.writeQueries() + other.writeQueries(),
        one.rowsRead() + other.rowsRead(),
        one.rowsWritten() + other.rowsWritten());
  }
}
