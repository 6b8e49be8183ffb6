package dev.burgage.protocol.node;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answer to `GET …/diff?from=&to=`: in what two states of a database differ.
///
/// @param from bookmark of the one
/// @param to bookmark of the other
/// @param tables those that differ, and those that were not compared, by name
/// @param schema objects that were added, removed or changed
public record DatabaseDiff(
    String from, String to, List<TableDiff> tables, List<SchemaChange> schema) {
  /// Rows of one table.
  ///
  /// @param comparedBy the columns that say which row is which; null if the rows were not compared
  /// @param note what the numbers do not say; null if there is nothing
  public record TableDiff(
      String name,
      long added,
      long changed,
      long removed,
      @Nullable List<String> comparedBy,
      @Nullable String note) {}

  /// One table, index, view or trigger.
  ///
  /// @param change `added`, `removed` or `changed`
  /// @param before its SQL, in canonical form; null if it was not there
  /// @param after its SQL, in canonical form; null if it is not there
  public record SchemaChange(
      String change, String type, String name, @Nullable String before, @Nullable String after) {}
}
