package dev.burgage.node.query;

import org.jspecify.annotations.Nullable;

/// How D1's binding wants its rows (`?resultsFormat=`).
public enum ResultsFormat {
  /// `{"columns":[…],"rows":[[…]]}`: every column is kept.
  ROWS_AND_COLUMNS,
  /// An object for each row.
  ARRAY_OF_OBJECTS,
  /// For `run()` and `exec()`; rows as objects all the same, because `run()` shows them.
  NONE;

  /// @throws IllegalArgumentException if there is no such format
  public static ResultsFormat parse(@Nullable String text, ResultsFormat otherwise) {
    if (text == null) {
      return otherwise;
    }
    for (ResultsFormat format : values()) {
      if (format.name().equals(text)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "resultsFormat must be ROWS_AND_COLUMNS, ARRAY_OF_OBJECTS or NONE; got \"" + text + "\"");
  }
}
