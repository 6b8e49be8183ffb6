package dev.burgage.bench.results;

import java.util.List;
import java.util.Map;

/// How a scenario's results become tables: one table a cell, one row a peer.
///
/// @param baseline the peer that ratios are to
/// @param columns figures in the order of their columns
record TableSpec(String scenario, String title, String baseline, List<Column> columns) {
  /// @param figure name in [Result#figures()]
  /// @param scale what the figure is divided by before it is printed
  /// @param ratio whether the ratio to the baseline stands beside it
  record Column(String figure, String heading, double scale, boolean ratio) {}

  static final List<TableSpec> ALL =
      List.of(
          new TableSpec(
              "requests",
              "Point read and durable insert through HTTP",
              "hello",
              List.of(
                  new Column("requestsPerSecond", "req/s", 1, true),
                  new Column("p50Micros", "p50 µs", 1, false),
                  new Column("p99Micros", "p99 µs", 1, false),
                  new Column("cpuMicrosPerRequest", "server CPU µs/request", 1, true),
                  new Column("errors", "errors", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "guard",
              "What the guard costs",
              "guard-off",
              List.of(
                  new Column("requestsPerSecond", "req/s", 1, true),
                  new Column("p50Micros", "p50 µs", 1, true),
                  new Column("p99Micros", "p99 µs", 1, true),
                  new Column("cpuMicrosPerRequest", "server CPU µs/request", 1, true),
                  new Column("errors", "errors", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "neighbour",
              "Beside a tenant that attacks",
              "alone",
              List.of(
                  new Column("readP50Micros", "read p50 µs", 1, true),
                  new Column("readP99Micros", "read p99 µs", 1, true),
                  new Column("insertP50Micros", "insert p50 µs", 1, true),
                  new Column("insertP99Micros", "insert p99 µs", 1, true),
                  new Column("attacks", "attacks", 1, false),
                  new Column("rssBeforeKib", "RSS before MiB", 1024, false),
                  new Column("rssPeakKib", "RSS peak MiB", 1024, false),
                  new Column("rssAfterKib", "RSS after MiB", 1024, false),
                  new Column("errors", "errors", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "shipping",
              "While the log is shipped",
              "not-shipping",
              List.of(
                  new Column("readP50Micros", "read p50 µs", 1, true),
                  new Column("readP99Micros", "read p99 µs", 1, true),
                  new Column("insertP50Micros", "insert p50 µs", 1, true),
                  new Column("insertP99Micros", "insert p99 µs", 1, true),
                  new Column("slices", "slices shipped", 1, false),
                  new Column("errors", "errors", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "commits",
              "Durable commits over many databases, in process",
              "sqlite-full",
              List.of(
                  new Column("commitsPerSecond", "commits/s", 1, true),
                  new Column("p50Micros", "p50 µs", 1, true),
                  new Column("p99Micros", "p99 µs", 1, true),
                  new Column("cpuMicrosPerCommit", "CPU µs/commit", 1, true),
                  new Column("flushesPerCommit", "flushes/commit", 1, false),
                  new Column("settleMillis", "written back after, ms", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "provision",
              "Provision → first good answer",
              "postgresql-create-database",
              List.of(
                  new Column("createdP50Micros", "created p50 ms", 1000, false),
                  new Column("createdP99Micros", "created p99 ms", 1000, false),
                  new Column("answeredP50Micros", "first answer p50 ms", 1000, true),
                  new Column("answeredP99Micros", "first answer p99 ms", 1000, true),
                  new Column("refused", "refused before", 1, false),
                  new Column("errors", "errors", 1, false))),
          new TableSpec(
              "tenants",
              "Many tenants on one node",
              "postgresql-create-database",
              List.of(
                  new Column("createdPerSecond", "created/s", 1, true),
                  new Column("heapKib", "heap MiB", 1024, false),
                  new Column("pssKib", "PSS MiB", 1024, false),
                  new Column("rssKib", "RSS MiB", 1024, false),
                  new Column("heapBytesPerTenant", "heap bytes/tenant", 1, false),
                  new Column("pssKibPerTenant", "PSS KiB/tenant", 1, false),
                  new Column("coldP50Micros", "cold p50 ms", 1000, false),
                  new Column("coldP99Micros", "cold p99 ms", 1000, false),
                  new Column("warmP50Micros", "warm p50 ms", 1000, false),
                  new Column("errors", "errors", 1, false))),
          new TableSpec(
              "rollout",
              "Rollout over a pool",
              "flyway-1-thread",
              List.of(
                  new Column("databasesPerSecond", "databases/s", 1, true),
                  new Column("cpuMicrosPerDatabase", "CPU ms/database", 1000, true),
                  new Column("machineMicrosPerDatabase", "with the kernel's threads", 1000, true),
                  new Column("errors", "failed", 1, false))),
          new TableSpec(
              "sleeping",
              "A pool of which few are awake",
              "burgage",
              List.of(
                  new Column("createdPerSecond", "created/s", 1, false),
                  new Column("lookMicros", "who is where ms", 1000, false),
                  new Column("plannedMicros", "planned ms", 1000, false),
                  new Column("secondsToLiveDone", "live done s", 1, false),
                  new Column("secondsToAllSettled", "all migrated or stamped s", 1, false),
                  new Column("opened", "files opened", 1, false),
                  new Column("applied", "applied", 1, false),
                  new Column("dormant", "dormant", 1, false),
                  new Column("upToDate", "up to date", 1, false),
                  new Column("cpuMicrosPerTenant", "CPU µs/tenant", 1, false),
                  new Column("rowsInserted", "rows inserted/tenant", 1, false),
                  new Column("rowsUpdated", "rows updated/tenant", 1, false),
                  new Column("rowsDeleted", "rows deleted/tenant", 1, false),
                  new Column("heapKibBefore", "heap before MiB", 1024, false),
                  new Column("heapKibDuring", "heap during MiB", 1024, false),
                  new Column("heapKibAfter", "heap after MiB", 1024, false),
                  new Column("rssKibBefore", "RSS before MiB", 1024, false),
                  new Column("rssKibPeak", "RSS peak MiB", 1024, false),
                  new Column("errors", "failed", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "sleeping-live",
              "A live tenant beside that rollout",
              "alone",
              List.of(
                  new Column("readP50Micros", "read p50 µs", 1, true),
                  new Column("readP99Micros", "read p99 µs", 1, true),
                  new Column("readP99LeastMicros", "least of 5 s", 1, false),
                  new Column("readP99MedianMicros", "median of 5 s", 1, true),
                  new Column("readP99MostMicros", "most of 5 s", 1, false),
                  new Column("insertP50Micros", "insert p50 µs", 1, true),
                  new Column("insertP99Micros", "insert p99 µs", 1, true),
                  new Column("insertP99LeastMicros", "least of 5 s", 1, false),
                  new Column("insertP99MedianMicros", "median of 5 s", 1, true),
                  new Column("insertP99MostMicros", "most of 5 s", 1, false),
                  new Column("seconds", "seconds", 1, false),
                  new Column("errors", "errors", 1, false),
                  new Column("otherPercent", "others' CPU %", 1, false))),
          new TableSpec(
              "sleeping-first",
              "A sleeping tenant's first statement",
              "closed, up to date",
              List.of(
                  new Column("p50Micros", "p50 ms", 1000, true),
                  new Column("p99Micros", "p99 ms", 1000, true),
                  new Column("mostMicros", "most ms", 1000, false),
                  new Column("woken", "dormant ones woken", 1, false))));

  static String describe(Map<String, String> cell) {
    return String.join(
        ", ", cell.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }
}
