package dev.burgage.d1;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// SQL with its parameters. Immutable: [#bind] gives a new one. Thread-safe.
///
/// Parameters may be null, `Boolean` (as 0 or 1), `Byte`, `Short`, `Integer`, `Long` (as INTEGER),
/// `Float`, `Double` (as REAL), `String`, or `byte[]` (as BLOB). Values come back as null, `Long`,
/// `Double`, `String` or `byte[]`, by SQLite's storage class.
public interface D1PreparedStatement {
  /// The same SQL with these values for its parameters `?` or `?NNN`.
  ///
  /// @throws D1Exception if a value has a type that SQLite has no place for
  D1PreparedStatement bind(@Nullable Object... values);

  /// The first row, or null if there is none.
  @Nullable Map<String, @Nullable Object> first();

  /// The value of a column in the first row; null if there is no row.
  ///
  /// @throws D1Exception if the row has no such column
  @Nullable Object first(String column);

  /// All rows, and what the statement cost.
  D1Result all();

  /// The same as [#all()], for statements that are run for their effect.
  D1Result run();

  /// The rows as lists of values, in the order of the columns.
  List<List<@Nullable Object>> raw();

  /// As [#raw()], with the column names as the first row if they are wanted.
  List<List<@Nullable Object>> raw(boolean columnNames);
}
