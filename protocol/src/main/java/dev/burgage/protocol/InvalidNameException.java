package dev.burgage.protocol;

/// A name that breaks the rule for ids. The message names the thing, the rule and the value, cut to
/// 80 characters, and is safe to show to the caller.
public final class InvalidNameException extends IllegalArgumentException {
  private static final int SHOWN_MAX = 80;

  InvalidNameException(String kind, String value) {
    super(
        "%s must be 1 to 63 letters, digits, '.', '_' or '-', and start with a letter or a digit; got \"%s\""
            .formatted(kind, shown(value)));
  }

  private static String shown(String value) {
    String cut = value.length() > SHOWN_MAX ? value.substring(0, SHOWN_MAX) + "…" : value;
    return cut.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
