package dev.burgage.protocol.binding;

/// The limits of SQL that a pool may set for its tenants: those that cost nobody else anything
/// within their ranges. All others are the same everywhere.
///
/// @param parametersMax bound parameters of a statement
/// @param patternBytesMax length of a pattern of LIKE and GLOB
/// @param columnsMax columns of a table, an index or a result
public record SqlLimits(int parametersMax, int patternBytesMax, int columnsMax) {
  private static final int PARAMETERS_MOST = 32_766; // SQLite's own default
  // One comparison takes pattern times text and nothing stops it: 4 MiB of text 3 s at most.
  private static final int PATTERN_BYTES_MOST = 500;
  // What Burgage and SQLite ask for themselves has up to ten.
  private static final int COLUMNS_LEAST = 16;
  private static final int COLUMNS_MOST = 2_000; // SQLite's own default

  /// D1's.
  public static final SqlLimits DEFAULT = new SqlLimits(100, 50, 100);

  /// @throws IllegalArgumentException if a limit is out of its range
  public SqlLimits {
    check("parametersMax", parametersMax, 1, PARAMETERS_MOST);
    check("patternBytesMax", patternBytesMax, 1, PATTERN_BYTES_MOST);
    check("columnsMax", columnsMax, COLUMNS_LEAST, COLUMNS_MOST);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "limits.%s must be between %d and %d; got %d".formatted(name, least, most, value));
    }
  }
}
