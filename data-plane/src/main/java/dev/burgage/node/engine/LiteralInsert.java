package dev.burgage.node.engine;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;
import org.jspecify.annotations.Nullable;

/// `INSERT INTO … VALUES (…), …;` of nothing but literals (`CAST(X'…' AS TEXT)` is one of them, for
/// text with NUL), and its shape: the text up to the values, then the kinds of the literals, row by
/// row. Stateless.
///
/// Statements of one shape have equal [Program]s, as long as schema and pragmas stay as they are.
/// SQLite makes a literal one instruction that holds it (`Integer`, `Int64`, `Real`, `String8`,
/// `Blob`, `Null`; a sign in front of a number is folded into it), none of which Program counts,
/// and one for each CAST; what it says is looked at only when the statement runs. The kind is
/// looked at: NULL in the place of a rowid saves the look-up of that row (`sqlite3Insert`,
/// insert.c), so kinds belong to the shape, and so does the number of rows, of which the
/// instructions are made one after the other.
final class LiteralInsert {
  private static final int HEAD_CHARACTERS_MAX = 20_000;
  private static final int LITERALS_MAX = 4_000;
  private static final char NO_LITERAL = 0;

  private LiteralInsert() {}

  /// @return null if it is another statement, or one whose shape is too long to be kept
  static @Nullable String shape(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    Token first = tokens.next();
    if (first == null || !(first.isWord("INSERT") || first.isWord("REPLACE"))) {
      return null;
    }
    Token values = values(tokens, first.start());
    if (values == null) {
      return null;
    }
    StringBuilder shape = new StringBuilder().append(sql, first.start(), values.end());
    return rows(tokens, shape) ? shape.toString() : null;
  }

  // Names, and words between them (OR REPLACE INTO), but no query.
  private static @Nullable Token values(SqlTokens tokens, int start) {
    Token token = tokens.next();
    while (token != null && token.end() - start <= HEAD_CHARACTERS_MAX && isOfHead(token)) {
      if (token.isWord("VALUES")) {
        return token;
      }
      token = tokens.next();
    }
    return null;
  }

  private static boolean isOfHead(Token token) {
    return switch (token.kind()) {
      case WORD -> !token.isWord("SELECT") && !token.isWord("WITH");
      case QUOTED_IDENTIFIER -> true;
      case OPERATOR ->
          token.isOperator("(")
              || token.isOperator(")")
              || token.isOperator(",")
              || token.isOperator(".");
      case STRING, BLOB, NUMBER, PARAMETER, ILLEGAL -> false;
    };
  }

  private static boolean rows(SqlTokens tokens, StringBuilder shape) {
    int most = shape.length() + LITERALS_MAX;
    while (shape.length() <= most) {
      if (!isOperator(tokens.next(), "(") || !row(tokens, shape.append('('), most)) {
        return false;
      }
      Token after = tokens.next();
      if (after == null) {
        return true;
      }
      if (after.isOperator(";")) {
        return tokens.next() == null;
      }
      if (!after.isOperator(",")) {
        return false; // ON CONFLICT, RETURNING
      }
    }
    return false;
  }

  private static boolean row(SqlTokens tokens, StringBuilder shape, int most) {
    while (shape.length() <= most) {
      char kind = literal(tokens);
      Token after = tokens.next();
      if (kind == NO_LITERAL || after == null) {
        return false;
      }
      shape.append(kind);
      if (after.isOperator(")")) {
        return true;
      }
      if (!after.isOperator(",")) {
        return false;
      }
    }
    return false;
  }

  private static char literal(SqlTokens tokens) {
    Token token = tokens.next();
    if (isOperator(token, "-") || isOperator(token, "+")) {
      Token number = tokens.next();
      return number != null && number.kind() == Token.Kind.NUMBER ? 'n' : NO_LITERAL;
    }
    if (token == null) {
      return NO_LITERAL;
    }
    return switch (token.kind()) {
      case NUMBER -> 'n';
      case STRING -> 's';
      case BLOB -> 'b';
      case WORD -> token.isWord("NULL") ? '0' : token.isWord("CAST") ? cast(tokens) : NO_LITERAL;
      case QUOTED_IDENTIFIER, PARAMETER, OPERATOR, ILLEGAL -> NO_LITERAL;
    };
  }

  // CAST(X'…' AS TEXT): how a text with NUL is written.
  private static char cast(SqlTokens tokens) {
    boolean open = isOperator(tokens.next(), "(");
    Token blob = tokens.next();
    Token as = tokens.next();
    Token type = tokens.next();
    boolean close = isOperator(tokens.next(), ")");
    boolean asText = as != null && as.isWord("AS") && type != null && type.isWord("TEXT");
    boolean ofBlob = blob != null && blob.kind() == Token.Kind.BLOB;
    return open && ofBlob && asText && close ? 'c' : NO_LITERAL;
  }

  private static boolean isOperator(@Nullable Token token, String operator) {
    return token != null && token.isOperator(operator);
  }
}
