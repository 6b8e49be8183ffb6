package dev.burgage.control.cloudflare;

/// Which page of a list is asked for.
///
/// @param number from 1
/// @param size most rows on it
public record Page(int number, int size) {
  private static final int SIZE_DEFAULT = 100;
  private static final int SIZE_MOST = 10_000;

  /// @param number as the caller wrote it, or empty
  /// @param size likewise
  /// @throws CloudflareException if either is out of its range
  public static Page parse(String number, String size) {
    return new Page(
        parse("page", number, 1, 1, Integer.MAX_VALUE / SIZE_MOST),
        parse("per_page", size, SIZE_DEFAULT, 1, SIZE_MOST));
  }

  private static int parse(String name, String text, int otherwise, int least, int most) {
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw CloudflareException.invalid(
        name, "must be a number from %d to %d; got \"%s\"".formatted(least, most, text));
  }

  /// Rows before it.
  public int offset() {
    return (number - 1) * size;
  }
}
