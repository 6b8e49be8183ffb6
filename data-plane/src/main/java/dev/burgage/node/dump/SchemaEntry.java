package dev.burgage.node.dump;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A row of `sqlite_schema` that has a text.
///
/// @param table to which it belongs; of a table itself
record SchemaEntry(String type, String name, String table, String sql) {
  boolean isTable() {
    return type.equals("table");
  }

  boolean isTrigger() {
    return type.equals("trigger");
  }

  /// Rows of other tables may refer to what it makes unique, so it must be there before they are.
  boolean isUniqueIndex() {
    return type.equals("index") && begins("CREATE UNIQUE INDEX");
  }

  /// Null if it is no virtual table.
  @Nullable VirtualTable virtual() {
    return isTable() && begins("CREATE VIRTUAL TABLE") ? VirtualTable.of(sql) : null;
  }

  private boolean begins(String words) {
    return sql.toUpperCase(Locale.ROOT).startsWith(words);
  }

  /// Whether its name or its table's begins so.
  ///
  /// @param prefix in lower case
  boolean isNamed(String prefix) {
    return name.toLowerCase(Locale.ROOT).startsWith(prefix)
        || table.toLowerCase(Locale.ROOT).startsWith(prefix);
  }
}
