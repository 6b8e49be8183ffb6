package dev.burgage.migrations.schema;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/// The text of a schema object without what means nothing: white space, comments, the letter case
/// of words, and quotes around names that need none (`ALTER TABLE … RENAME` adds those).
///
/// What looks alike and is not stays apart: `"Active"` that names nothing is a string to SQLite,
/// and so is every word behind `DEFAULT`; `a "unique"` is a column of a type of that name, `a
/// unique` a constraint.
final class CanonicalSql {
  /// Keywords that can stand where a quoted word can, with another meaning.
  private static final Set<String> KEYWORDS =
      Set.of(
          "all",
          "always",
          "as",
          "asc",
          "autoincrement",
          "case",
          "cast",
          "check",
          "collate",
          "conflict",
          "constraint",
          "current_date",
          "current_time",
          "current_timestamp",
          "default",
          "deferrable",
          "desc",
          "distinct",
          "exists",
          "false",
          "foreign",
          "generated",
          "not",
          "null",
          "on",
          "primary",
          "raise",
          "references",
          "select",
          "stored",
          "true",
          "unique",
          "virtual");

  private final Set<String> names;

  /// @param names in lower case: tables, columns and other objects of the schema
  CanonicalSql(Set<String> names) {
    this.names = names;
  }

  String of(String sql) {
    StringJoiner canonical = new StringJoiner(" ");
    SqlTokens tokens = new SqlTokens(sql);
    boolean isDefault = false;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      canonical.add(
          switch (token.kind()) {
            case WORD -> isDefault ? value(token) : name(token.text());
            case QUOTED_IDENTIFIER -> isDefault ? source(token) : quoted(token);
            case STRING, BLOB, NUMBER, PARAMETER, OPERATOR, ILLEGAL -> source(token);
          });
      isDefault = token.isWord("DEFAULT");
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

  /// `DEFAULT Active` is the text `Active`, `DEFAULT NULL` is the keyword.
  private static String value(Token token) {
    String name = name(token.text());
    return KEYWORDS.contains(name) ? name : source(token);
  }

  /// A name if there is such a name, or no other quotes than those for a string around it.
  private String quoted(Token token) {
    String text = token.text();
    String name = name(text);
    boolean isName = token.source().charAt(token.start()) != '"' || names.contains(name);
    if (!isName) {
      return '"' + text.replace("\"", "\"\"") + '"';
    }
    return isPlain(name) ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty()
        && !(name.charAt(0) >= '0' && name.charAt(0) <= '9')
        && name.chars().allMatch(CanonicalSql::isNameLetter)
        && !KEYWORDS.contains(name);
  }

  private static String source(Token token) {
    return token.source().substring(token.start(), token.end());
  }

  private static boolean isNameLetter(int c) {
    return c == '_' || c >= 128 || Character.isLetterOrDigit(c);
  }
}
