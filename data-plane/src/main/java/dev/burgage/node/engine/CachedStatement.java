package dev.burgage.node.engine;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prepared statement that is kept, and what is known of it. Used by one thread at a time.
class CachedStatement {
  private final PreparedStatement statement;
  private final int parameters;
  private @Nullable List<String> columns;

  CachedStatement(PreparedStatement statement) throws SQLException {
    this.statement = statement;
    this.parameters = statement.getParameterMetaData().getParameterCount();
  }

  PreparedStatement statement() {
    return statement;
  }

  int parameters() {
    return parameters;
  }

  /// Names of the columns, asked of the open rows: a statement without rows can't be asked.
  List<String> columns(ResultSet rows) throws SQLException {
    List<String> known = columns;
    if (known == null) {
      known = columnNames(rows.getMetaData());
      columns = known;
    }
    return known;
  }

  private static List<String> columnNames(ResultSetMetaData metadata) throws SQLException {
    int count = metadata.getColumnCount();
    List<String> names = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      names.add(metadata.getColumnName(i));
    }
    return List.copyOf(names);
  }

  void close() throws SQLException {
    statement.close();
  }
}
