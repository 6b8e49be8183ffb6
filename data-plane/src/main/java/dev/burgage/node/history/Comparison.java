package dev.burgage.node.history;

import dev.burgage.migrations.schema.Schema;
import dev.burgage.migrations.schema.SchemaDifference;
import dev.burgage.protocol.migration.SchemaObject;
import dev.burgage.protocol.node.DatabaseDiff.SchemaChange;
import dev.burgage.protocol.node.DatabaseDiff.TableDiff;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Compares the state that a connection is on, `main`, with an older one, `old`. SQLite does the
/// comparing, row by row by way of the tables' keys, so it takes no memory to speak of. For one
/// thread.
final class Comparison {
  private final Connection connection;

  Comparison(Connection connection, Path old) throws SQLException {
    this.connection = connection;
    try (PreparedStatement attach = connection.prepareStatement("ATTACH DATABASE ? AS old")) {
      attach.setString(1, old.toString());
      attach.execute();
    }
  }

  /// Tables that differ, and those that cannot be compared, by name.
  List<TableDiff> tables(Schema before, Schema after) throws SQLException {
    SequencedMap<String, @Nullable SchemaObject> all = new TreeMap<>();
    before.objects().stream().filter(Comparison::isTable).forEach(t -> all.put(t.name(), t));
    after.objects().stream().filter(Comparison::isTable).forEach(t -> all.put(t.name(), t));
    List<TableDiff> found = new ArrayList<>();
    for (SchemaObject table : all.values()) {
      if (table != null) {
        TableDiff diff = table(table);
        if (diff != null) {
          found.add(diff);
        }
      }
    }
    return found;
  }

  private static boolean isTable(SchemaObject object) {
    return object.type().equals("table");
  }

  private @Nullable TableDiff table(SchemaObject table) throws SQLException {
    String name = table.name();
    if (!table.sql().startsWith("create virtual table")) {
      return new TableComparison(connection, name, name, /* note= */ null).run();
    }
    // Of full-text tables the content is a table like others, unless it lies elsewhere or nowhere.
    String content = name + "_content";
    if (TableComparison.exists(connection, "old", content)
        || TableComparison.exists(connection, "main", content)) {
      return new TableComparison(connection, name, content, "compared by its content").run();
    }
    return new TableDiff(
        name,
        0,
        0,
        0,
        /* comparedBy= */ null,
        "a virtual table without content of its own: not compared");
  }

  static List<SchemaChange> changes(Schema before, Schema after) {
    return before.differences(after).stream().map(Comparison::change).toList();
  }

  private static SchemaChange change(SchemaDifference difference) {
    return switch (difference) {
      case SchemaDifference.Missing(SchemaObject gone) ->
          new SchemaChange("removed", gone.type(), gone.name(), gone.sql(), /* after= */ null);
      case SchemaDifference.Unexpected(SchemaObject made) ->
          new SchemaChange("added", made.type(), made.name(), /* before= */ null, made.sql());
      case SchemaDifference.Different(SchemaObject was, SchemaObject is) ->
          new SchemaChange("changed", is.type(), is.name(), was.sql(), is.sql());
    };
  }
}
