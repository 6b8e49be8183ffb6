package dev.burgage.migrations.sql;

/// One token of a statement, as a piece of the statement's text.
///
/// @param source the whole text
/// @param start of the token in it, in UTF-16 code units
/// @param end exclusive
public record Token(Kind kind, String source, int start, int end) {
  /// What a token can be.
  public enum Kind {
    /// A keyword or a bare name.
    WORD,
    /// `"name"`, `` `name` `` or `[name]`. SQLite takes a double-quoted one that names nothing as a
    /// string.
    QUOTED_IDENTIFIER,
    /// `'text'`. SQLite takes one as a name where only a name can stand (`DROP TABLE 'a'`).
    STRING,
    /// `x'00'`.
    BLOB,
    NUMBER,
    /// `?`, `?1`, `:a`, `@a`, `#a`, `$a`.
    PARAMETER,
    /// An operator or a mark: `||`, `<=`, `(`, `,`, `;`.
    OPERATOR,
    /// What SQLite would refuse: text whose quote is never closed, a stray character, a number with
    /// letters behind.
    ILLEGAL
  }

  /// What the token says: without quotes, with doubled quotes made single, if it has any.
  public String text() {
    if (kind != Kind.QUOTED_IDENTIFIER && kind != Kind.STRING) {
      return source.substring(start, end);
    }
    String inner = source.substring(start + 1, end - 1);
    char quote = source.charAt(start);
    return quote == '[' ? inner : inner.replace(("" + quote) + quote, "" + quote);
  }

  /// Whether this is the bare word, in any letter case.
  ///
  /// @param upper the word in upper case
  public boolean isWord(String upper) {
    return kind == Kind.WORD && Characters.equal(source, start, end, upper);
  }

  public boolean isOperator(String operator) {
    return kind == Kind.OPERATOR
        && end - start == operator.length()
        && source.startsWith(operator, start);
  }

  /// Whether a bare word or the inside of quotes begins so, in any letter case.
  ///
  /// @param upper the prefix in upper case
  public boolean startsWith(String upper) {
    return switch (kind) {
      case WORD -> end - start >= upper.length() && Characters.startsWith(source, start, upper);
      case QUOTED_IDENTIFIER, STRING -> Characters.startsWith(text(), 0, upper);
      case BLOB, NUMBER, PARAMETER, OPERATOR, ILLEGAL -> false;
    };
  }
}
