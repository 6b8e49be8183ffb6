package dev.burgage.node.sql;

/// How a script may share the database.
public enum Access {
  /// Runs on a WAL reader beside the writer.
  READ,
  /// Runs on the writer, and may share one transaction with other writes, each behind a savepoint.
  WRITE,
  /// Runs on the writer in a transaction of its own: schema changes, and pragmas that last for one
  /// transaction.
  ALONE;

  /// The stricter of two.
  public Access and(Access other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
