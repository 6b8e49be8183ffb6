package dev.burgage.control.tenant;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.Map;

/// The rule for labels: short texts by which operators find tenants.
public final class Labels {
  private static final int COUNT_MAX = 32;
  private static final int KEY_LENGTH_MAX = 63;
  private static final int VALUE_LENGTH_MAX = 255;

  private Labels() {}

  /// @throws BurgageException `invalid_request` if there are too many, or one is too long or empty
  public static Map<String, String> check(Map<String, String> labels) {
    if (labels.size() > COUNT_MAX) {
      throw refused("labels must be at most %d; got %d".formatted(COUNT_MAX, labels.size()));
    }
    labels.forEach(Labels::check);
    return Map.copyOf(labels);
  }

  private static void check(String key, String value) {
    if (key.isBlank() || key.length() > KEY_LENGTH_MAX || key.indexOf('\0') >= 0) {
      throw refused("a label's name must have 1 to %d characters".formatted(KEY_LENGTH_MAX));
    }
    if (value == null || value.length() > VALUE_LENGTH_MAX || value.indexOf('\0') >= 0) {
      throw refused(
          "the value of a label must be a text of at most %d characters"
              .formatted(VALUE_LENGTH_MAX));
    }
  }

  private static BurgageException refused(String detail) {
    return new BurgageException(ErrorCode.INVALID_REQUEST, detail);
  }
}
