package dev.burgage.migrations.guard;

/// On whose behalf a connection runs SQL right now, and so what SQLite may do for it. What each
/// allows: [Rules].
public enum Policy {
  /// On nobody's: nothing is allowed.
  NOBODY,
  /// On that of whoever brought a file: what a dump of it needs, which is reading.
  DUMP,
  /// A tenant's SQL: what D1 allows.
  TENANT,
  /// A tenant's SQL in the hands of somebody who may only read: what a tenant may, and no write.
  /// The connection must be `query_only` besides: an R*Tree prepares its writes when it is read.
  TENANT_READING,
  /// An operator's migration: what a tenant may, and more harmless functions.
  OPERATOR,
  /// An operator's question: what a migration may read, and no write.
  READER,
  /// Burgage's own statements, all of which are literals in its code: everything.
  TRUSTED
}
