package dev.burgage.protocol.binding;

/// What one tenant may use at most.
///
/// @param sizeBytesMax size of the database file; SQLite's `max_page_count` holds it
/// @param statementMillisMax time that one request's statements may run together
public record Limits(long sizeBytesMax, int statementMillisMax) {
  private static final long SIZE_BYTES_LEAST = 64L * 1024;
  private static final long SIZE_BYTES_MOST = 256L * 1024 * 1024 * 1024;
  private static final int STATEMENT_MILLIS_MOST = 10 * 60 * 1000;

  /// D1's paid limits: 10 GB a database, 30 s a query.
  public static final Limits DEFAULT = new Limits(10L * 1024 * 1024 * 1024, 30_000);

  /// @throws IllegalArgumentException if a limit is out of its range
  public Limits {
    if (sizeBytesMax < SIZE_BYTES_LEAST || sizeBytesMax > SIZE_BYTES_MOST) {
      throw new IllegalArgumentException(
          "limits.sizeBytesMax must be between %d and %d; got %d"
              .formatted(SIZE_BYTES_LEAST, SIZE_BYTES_MOST, sizeBytesMax));
    }
    if (statementMillisMax < 1 || statementMillisMax > STATEMENT_MILLIS_MOST) {
      throw new IllegalArgumentException(
          "limits.statementMillisMax must be between 1 and %d; got %d"
              .formatted(STATEMENT_MILLIS_MOST, statementMillisMax));
    }
  }
}
