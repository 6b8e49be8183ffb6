package dev.burgage.node.backup;

import dev.burgage.protocol.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A digest of all rows of a database that does not depend on the pages they lie in: a backup,
/// whose pages `VACUUM` has made anew, and the same state from the log have the same.
final class Contents {
  // Virtual tables keep their rows in others.
  private static final String TABLES =
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name";
  private static final String COLUMNS =
      "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid";

  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  private Contents() {}

  static String of(Connection connection) throws SQLException {
    Contents contents = new Contents();
    for (String table : texts(connection, TABLES, null)) {
      contents.add(connection, table);
    }
    return Hex.of(contents.digest);
  }

  private static List<String> texts(Connection connection, String sql, @Nullable String parameter)
      throws SQLException {
    List<String> texts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (parameter != null) {
        statement.setString(1, parameter);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
    }
    return texts;
  }

  // In the order of the table's own tree, which VACUUM keeps.
  private void add(Connection connection, String table) throws SQLException {
    List<String> names = texts(connection, COLUMNS, table);
    String columns = names.stream().map(Contents::quoted).collect(Collectors.joining(", "));
    add('t', table.getBytes(StandardCharsets.UTF_8));
    String sql = "SELECT %s FROM main.%s NOT INDEXED".formatted(columns, quoted(table));
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        for (int column = 1; column <= names.size(); column++) {
          add(rows.getObject(column));
        }
      }
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void add(@Nullable Object value) {
    switch (value) {
      case null -> add('n', new byte[0]);
      case Integer small -> add('i', number.putLong(0, small).array());
      case Long large -> add('i', number.putLong(0, large).array());
      case Double real -> add('r', number.putLong(0, Double.doubleToRawLongBits(real)).array());
      case byte[] blob -> add('b', blob);
      default -> add('s', value.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void add(char kind, byte[] bytes) {
    digest.update((byte) kind);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
