package dev.burgage.migrations.sql;

import org.jspecify.annotations.Nullable;

/// The tokens of a piece of SQL, one after the other, as SQLite's tokenize.c sees them; blanks,
/// comments and byte order marks are passed over. A cursor: for one thread, and one pass.
public final class SqlTokens {
  private final String sql;
  private int position;

  public SqlTokens(String sql) {
    this.sql = sql;
  }

  /// @return the next token, or null after the last
  public @Nullable Token next() {
    position = skipBlanks(sql, position, sql.length());
    if (position == sql.length()) {
      return null;
    }
    int start = position;
    Token.Kind kind = scan();
    return new Token(kind, sql, start, position);
  }

  /// The text, so that what is put behind it is no part of a comment in which it ends: with a
  /// line's end, or the end of a comment that is open.
  public static String closed(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    int i = 0;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      i = token.end();
    }
    while (i < sql.length()) {
      boolean comment = Characters.startsComment(sql, i);
      String end = sql.charAt(i) == '-' ? "\n" : "*/";
      if (comment && sql.indexOf(end, i + 2) < 0) {
        return sql + end;
      }
      i = comment ? Characters.endOfComment(sql, i) : i + 1;
    }
    return sql;
  }

  /// Where in `[from, to)` the first character stands that is not a blank, comment or `;`; -1 if
  /// nowhere.
  static int firstSignificant(String sql, int from, int to) {
    int i = skipBlanks(sql, from, to);
    while (i < to && sql.charAt(i) == ';') {
      i = skipBlanks(sql, i + 1, to);
    }
    return i < to ? i : -1;
  }

  private static int skipBlanks(String sql, int from, int to) {
    int i = from;
    while (i < to) {
      char c = sql.charAt(i);
      if (Characters.isBlank(c) || c == Characters.BYTE_ORDER_MARK) {
        i++;
      } else if (Characters.startsComment(sql, i)) {
        i = Characters.endOfComment(sql, i);
      } else {
        return i;
      }
    }
    return to;
  }

  /// Moves past the token at the position.
  private Token.Kind scan() {
    char c = sql.charAt(position);
    if ((c == 'x' || c == 'X') && at(1) == '\'') {
      return blob();
    }
    if (Characters.isDigit(c) || (c == '.' && Characters.isDigit(at(1)))) {
      return number();
    }
    return switch (c) {
      case '\'' -> quoted(c, Token.Kind.STRING);
      case '"', '`' -> quoted(c, Token.Kind.QUOTED_IDENTIFIER);
      case '[' -> bracketed();
      case '?' -> {
        take(1);
        takeDigits(false);
        yield Token.Kind.PARAMETER;
      }
      case ':', '@', '#', '$' -> named();
      default -> Characters.isName(c) ? word() : operator(c);
    };
  }

  private Token.Kind word() {
    position = Characters.endOfName(sql, position);
    return Token.Kind.WORD;
  }

  /// A quote inside is written twice.
  private Token.Kind quoted(char quote, Token.Kind kind) {
    int i = position + 1;
    while (true) {
      int closing = sql.indexOf(quote, i);
      if (closing < 0) {
        position = sql.length();
        return Token.Kind.ILLEGAL;
      }
      if (closing + 1 == sql.length() || sql.charAt(closing + 1) != quote) {
        position = closing + 1;
        return kind;
      }
      i = closing + 2;
    }
  }

  private Token.Kind bracketed() {
    int closing = sql.indexOf(']', position);
    position = closing < 0 ? sql.length() : closing + 1;
    return closing < 0 ? Token.Kind.ILLEGAL : Token.Kind.QUOTED_IDENTIFIER;
  }

  private Token.Kind blob() {
    take(1);
    int start = position;
    Token.Kind kind = quoted('\'', Token.Kind.BLOB);
    boolean digits =
        kind == Token.Kind.BLOB
            && (position - start) % 2 == 0
            && sql.substring(start + 1, position - 1).chars().allMatch(c -> isHexDigit(c));
    return digits ? Token.Kind.BLOB : Token.Kind.ILLEGAL;
  }

  private static boolean isHexDigit(int c) {
    return Characters.isHexDigit((char) c);
  }

  private Token.Kind named() {
    take(1);
    int start = position;
    position = Characters.endOfName(sql, position);
    return position > start ? Token.Kind.PARAMETER : Token.Kind.ILLEGAL;
  }

  private Token.Kind number() {
    if (at(0) == '0' && (at(1) == 'x' || at(1) == 'X') && Characters.isHexDigit(at(2))) {
      take(2);
      takeDigits(true);
    } else {
      takeDigits(false);
      if (at(0) == '.') {
        take(1);
        takeDigits(false);
      }
      takeExponent();
    }
    if (position < sql.length() && Characters.isName(at(0))) {
      position = Characters.endOfName(sql, position);
      return Token.Kind.ILLEGAL;
    }
    return Token.Kind.NUMBER;
  }

  private void takeExponent() {
    if (at(0) != 'e' && at(0) != 'E') {
      return;
    }
    int sign = at(1) == '+' || at(1) == '-' ? 1 : 0;
    if (Characters.isDigit(at(1 + sign))) {
      take(1 + sign);
      takeDigits(false);
    }
  }

  // Digits may be parted by single underscores; more are let through, SQLite refuses them.
  private void takeDigits(boolean hexadecimal) {
    while (hexadecimal ? Characters.isHexDigit(at(0)) : Characters.isDigit(at(0))) {
      take(1);
      if (at(0) == '_' && Characters.isHexDigit(at(1))) {
        take(1);
      }
    }
  }

  private Token.Kind operator(char c) {
    int length =
        switch (c) {
          case '-' -> at(1) == '>' ? (at(2) == '>' ? 3 : 2) : 1;
          case '|' -> at(1) == '|' ? 2 : 1;
          case '=' -> at(1) == '=' ? 2 : 1;
          case '<' -> at(1) == '=' || at(1) == '>' || at(1) == '<' ? 2 : 1;
          case '>' -> at(1) == '=' || at(1) == '>' ? 2 : 1;
          case '!' -> at(1) == '=' ? 2 : 1;
          default -> 1;
        };
    boolean known = length > 1 || "();,.+-*/%=<>&|~".indexOf(c) >= 0;
    take(length);
    return known ? Token.Kind.OPERATOR : Token.Kind.ILLEGAL;
  }

  /// The character so far ahead, or NUL past the end.
  private char at(int ahead) {
    int i = position + ahead;
    return i < sql.length() ? sql.charAt(i) : '\0';
  }

  private void take(int characters) {
    position += characters;
  }
}
