package dev.burgage.migrations.sql;

/// SQLite's classes of characters and the ends of its simplest tokens. Letters are folded in ASCII
/// only, as SQLite does: Java's own case folding would take `ſ` for `s`.
final class Characters {
  static final char BYTE_ORDER_MARK = '\uFEFF';

  private Characters() {}

  static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /// Whether the character may stand in a name, though perhaps not as its first.
  static boolean isName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || isDigit(c)
        || c == '_'
        || c == '$'
        || c >= 0x80;
  }

  static boolean startsComment(String text, int at) {
    char c = text.charAt(at);
    return (c == '-' && text.startsWith("--", at)) || (c == '/' && text.startsWith("/*", at));
  }

  /// As `sqlite3_complete()` sees it, for which a vertical tab is no blank.
  static boolean isBlankOrComment(String text, int at) {
    char c = text.charAt(at);
    return (isBlank(c) && c != '\u000B') || startsComment(text, at);
  }

  /// The end of the run of names, the quoted text, the comment or the single character at `at`: as
  /// coarse as `sqlite3_complete()` reads. Never past the text, always past `at`.
  static int endOfToken(String text, int at) {
    char c = text.charAt(at);
    if (isName(c)) {
      return endOfName(text, at);
    }
    return switch (c) {
      case '\'', '"', '`' -> after(text, text.indexOf(c, at + 1), 1);
      case '[' -> after(text, text.indexOf(']', at + 1), 1);
      case '-', '/' -> startsComment(text, at) ? endOfComment(text, at) : at + 1;
      default -> at + 1;
    };
  }

  static int endOfName(String text, int at) {
    int i = at;
    while (i < text.length() && isName(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /// A comment that is never closed goes to the end of the text.
  static int endOfComment(String text, int at) {
    return text.charAt(at) == '-'
        ? after(text, text.indexOf('\n', at), 1)
        : after(text, text.indexOf("*/", at + 2), 2);
  }

  private static int after(String text, int found, int length) {
    return found < 0 ? text.length() : found + length;
  }

  /// @param upper in upper case
  static boolean equal(String text, int start, int end, String upper) {
    return end - start == upper.length() && startsWith(text, start, upper);
  }

  /// @param upper in upper case
  static boolean startsWith(String text, int start, String upper) {
    if (text.length() - start < upper.length()) {
      return false;
    }
    for (int i = 0; i < upper.length(); i++) {
      if (upper(text.charAt(start + i)) != upper.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static String upper(String text) {
    StringBuilder upper = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      upper.append(upper(text.charAt(i)));
    }
    return upper.toString();
  }

  private static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
  }
}
