package dev.burgage.node.dump;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;

/// Values as SQL says them, so that they come back as they were. Stateless.
final class SqlLiteral {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final char REPLACEMENT = '\uFFFD';

  private SqlLiteral() {}

  static String of(ResultSet rows, int column) throws SQLException {
    return switch (rows.getObject(column)) {
      case null -> "NULL";
      case Integer number -> number.toString();
      case Long number -> number.toString();
      case Double number -> real(number);
      case byte[] blob -> "X'" + HEX.formatHex(blob) + "'";
      case Object other -> text(other.toString(), rows, column);
    };
  }

  private static String real(double number) {
    if (Double.isInfinite(number)) {
      return number > 0 ? "1e999" : "-1e999";
    }
    return Double.toString(number);
  }

  // SQLite keeps any bytes as text; what is not UTF-8 reaches Java as U+FFFD.
  private static String text(String text, ResultSet rows, int column) throws SQLException {
    if (text.indexOf(REPLACEMENT) >= 0) {
      byte[] bytes = rows.getBytes(column);
      if (!Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
        return text(bytes);
      }
    }
    return text(text);
  }

  /// SQL text has no way to say NUL.
  static String text(String text) {
    return text.indexOf('\0') >= 0
        ? text(text.getBytes(StandardCharsets.UTF_8))
        : "'" + text.replace("'", "''") + "'";
  }

  private static String text(byte[] bytes) {
    return "CAST(X'%s' AS TEXT)".formatted(HEX.formatHex(bytes));
  }
}
