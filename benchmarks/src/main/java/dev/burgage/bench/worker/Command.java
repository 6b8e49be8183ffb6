package dev.burgage.bench.worker;

/// What the harness asks of the worker. A field that an action does not use is 0 or empty.
///
/// @param action see [WorkerMain]
/// @param folder where files are
/// @param kind `read` or `insert` for SQLite; `flyway` or `jdbc` for pools; `virtual` or `platform`
///   threads for commits
/// @param threads how many threads do it
/// @param count rows to fill, requests to send at most, or databases to make
/// @param millis time to run at most
/// @param version pool: the version to migrate to
public record Command(
    String action, String folder, String kind, int threads, long count, long millis, int version) {}
