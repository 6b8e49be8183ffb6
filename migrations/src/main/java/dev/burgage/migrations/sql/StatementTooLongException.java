package dev.burgage.migrations.sql;

/// A statement that does not end within the length that is allowed.
public final class StatementTooLongException extends RuntimeException {
  StatementTooLongException(int lengthMax) {
    super("a statement may have at most %d characters; split it".formatted(lengthMax));
  }
}
