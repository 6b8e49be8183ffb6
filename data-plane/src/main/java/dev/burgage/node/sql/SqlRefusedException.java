package dev.burgage.node.sql;

/// Tenant SQL that does not reach SQLite. The message is the one that D1 gives.
public final class SqlRefusedException extends RuntimeException {
  public SqlRefusedException(String message) {
    super(message);
  }
}
