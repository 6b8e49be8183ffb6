package dev.burgage.control.cloudflare.transfer;

import java.util.regex.Pattern;

/// The shape of bookmarks: 8-8-8-32 hexadecimal digits, as D1's.
final class Bookmarks {
  private static final Pattern SHAPE =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}");

  private Bookmarks() {}

  static boolean isOne(String text) {
    return SHAPE.matcher(text).matches();
  }
}
