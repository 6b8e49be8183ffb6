package dev.burgage.node.store;

import java.util.regex.Pattern;

/// The one rule for keys: nothing that a folder, a URL or a shell could read differently.
final class ObjectKeys {
  private static final int LENGTH_MAX = 700;
  private static final Pattern KEY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9][A-Za-z0-9._~-]*)*");

  private ObjectKeys() {}

  static String check(String key) {
    if (key.length() > LENGTH_MAX || !KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "object key must be parts of letters, digits and ._~- between slashes, at most %d"
                  .formatted(LENGTH_MAX)
              + " characters; got \"%.80s\"".formatted(key));
    }
    return key;
  }

  /// @return the limit
  static int checkLimit(int limit) {
    if (limit < 1 || limit > ObjectStore.BATCH_MAX) {
      throw new IllegalArgumentException(
          "at most %d objects in one call; got %d".formatted(ObjectStore.BATCH_MAX, limit));
    }
    return limit;
  }
}
