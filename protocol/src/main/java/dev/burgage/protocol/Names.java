package dev.burgage.protocol;

/// The one rule for names that people choose: `[A-Za-z0-9][A-Za-z0-9._-]{0,62}`. It leaves no name
/// that is empty, starts with a dot or a dash, or could leave a folder.
final class Names {
  private static final int LENGTH_MAX = 63;

  private Names() {}

  static String check(String kind, String text) {
    if (!isValid(text)) {
      throw new InvalidNameException(kind, text);
    }
    return text;
  }

  private static boolean isValid(String text) {
    int length = text.length();
    if (length == 0 || length > LENGTH_MAX || !isLetterOrDigit(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = text.charAt(i);
      if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
