package dev.burgage.node.transfer;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Values as SQL says them, so that they come back as they were.
final class SqlLiteral {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private SqlLiteral() {}

  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case Integer number -> number.toString();
      case Long number -> number.toString();
      case Double number -> real(number);
      case byte[] blob -> "X'" + HEX.formatHex(blob) + "'";
      case Object other -> text(other.toString());
    };
  }

  private static String real(double number) {
    if (Double.isInfinite(number)) {
      return number > 0 ? "1e999" : "-1e999";
    }
    return Double.toString(number);
  }

  /// SQL text has no way to say NUL.
  static String text(String text) {
    if (text.indexOf('\0') >= 0) {
      return "CAST(X'%s' AS TEXT)".formatted(HEX.formatHex(text.getBytes(StandardCharsets.UTF_8)));
    }
    return "'" + text.replace("'", "''") + "'";
  }
}
