package dev.burgage.node.statistics;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;

/// A statement without what differs from run to run: `?` for literals, one blank for blanks and
/// comments, cut at a length.
final class StatementShape {
  private static final int LENGTH_MAX = 300;

  private StatementShape() {}

  static String of(String sql) {
    var shape = new StringBuilder();
    SqlTokens tokens = new SqlTokens(sql);
    int end = -1;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (shape.length() >= LENGTH_MAX) {
        return shape.substring(0, LENGTH_MAX) + "…";
      }
      if (end >= 0 && token.start() > end) {
        shape.append(' ');
      }
      end = token.end();
      if (!token.isOperator(";")) {
        shape.append(isLiteral(token) ? "?" : sql.substring(token.start(), token.end()));
      }
    }
    return shape.toString().strip();
  }

  private static boolean isLiteral(Token token) {
    return switch (token.kind()) {
      case STRING, BLOB, NUMBER -> true;
      case WORD, QUOTED_IDENTIFIER, PARAMETER, OPERATOR, ILLEGAL -> false;
    };
  }
}
