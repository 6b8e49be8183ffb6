package dev.burgage.migrations.schema;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;
import java.util.Locale;
import java.util.StringJoiner;

/// The text of a schema object without what means nothing: white space, comments, the letter case
/// of words, and quotes around names that need none (`ALTER TABLE … RENAME` adds those).
final class CanonicalSql {
  private CanonicalSql() {}

  static String of(String sql) {
    StringJoiner canonical = new StringJoiner(" ");
    SqlTokens tokens = new SqlTokens(sql);
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      canonical.add(
          switch (token.kind()) {
            case WORD -> name(token.text());
            case QUOTED_IDENTIFIER -> quotedName(token.text());
            case STRING, BLOB, NUMBER, PARAMETER, OPERATOR, ILLEGAL -> source(token);
          });
    }
    return canonical.toString();
  }

  /// SQLite compares names without regard to the case of ASCII letters.
  static String name(String name) {
    return name.chars().allMatch(c -> c < 128) ? name.toLowerCase(Locale.ROOT) : lowerAscii(name);
  }

  private static String lowerAscii(String name) {
    StringBuilder lower = new StringBuilder(name.length());
    name.chars().forEach(c -> lower.append((char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)));
    return lower.toString();
  }

  private static String quotedName(String text) {
    boolean plain =
        !text.isEmpty()
            && !(text.charAt(0) >= '0' && text.charAt(0) <= '9')
            && text.chars().allMatch(CanonicalSql::isNameLetter);
    return plain ? name(text) : '"' + name(text).replace("\"", "\"\"") + '"';
  }

  private static String source(Token token) {
    return token.source().substring(token.start(), token.end());
  }

  private static boolean isNameLetter(int c) {
    return c == '_' || c >= 128 || Character.isLetterOrDigit(c);
  }
}
