package dev.burgage.node.dump;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What a dump holds of a database's schema, in the order in which it was made.
record Schema(List<SchemaEntry> entries) {
  private static final String ENTRIES =
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";

  Schema {
    entries = List.copyOf(entries);
  }

  static Schema read(Connection connection, Predicate<SchemaEntry> wanted) throws SQLException {
    List<SchemaEntry> entries = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(ENTRIES);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        SchemaEntry entry =
            new SchemaEntry(
                rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4));
        if (!entry.name().startsWith("sqlite_") && wanted.test(entry)) {
          entries.add(entry);
        }
      }
    }
    return new Schema(entries);
  }

  /// The tables in which virtual tables keep what they have.
  static Set<String> shadows(Connection connection) throws SQLException {
    Set<String> shadows = new HashSet<>();
    try (PreparedStatement list = connection.prepareStatement("PRAGMA main.table_list");
        ResultSet rows = list.executeQuery()) {
      while (rows.next()) {
        if (rows.getString("type").equals("shadow")) {
          shadows.add(rows.getString("name"));
        }
      }
    }
    return shadows;
  }

  List<SchemaEntry> tables() {
    return only(SchemaEntry::isTable);
  }

  List<SchemaEntry> uniqueIndexes() {
    return only(SchemaEntry::isUniqueIndex);
  }

  List<SchemaEntry> triggers() {
    return only(SchemaEntry::isTrigger);
  }

  /// Other indexes, and views.
  List<SchemaEntry> others() {
    return only(entry -> !entry.isTable() && !entry.isUniqueIndex() && !entry.isTrigger());
  }

  private List<SchemaEntry> only(Predicate<SchemaEntry> which) {
    return entries.stream().filter(which).toList();
  }
}
