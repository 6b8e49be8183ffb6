package dev.burgage.migrations.apply;

import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import java.util.regex.Pattern;

/// Failures of which the cause is the same text for every database that failed for the same reason:
/// what a tenant's data or clock put into SQLite's words is left out of it.
final class Causes {
  private static final int LENGTH_MAX = 200;

  private static final Pattern TEXT = Pattern.compile("'(?:[^']|'')*'");

  /// UUIDs, hashes, keys: runs of eight hexadecimal digits or more that have a digit.
  private static final Pattern KEY =
      Pattern.compile("\\b(?=[a-fA-F-]*[0-9])[0-9a-fA-F]{8}[0-9a-fA-F-]*\\b");

  /// Not the one in `t1.c2`.
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\w.])[-+]?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?!\\w)");

  private Causes() {}

  /// @param error for people; what varies in it is left out of the cause
  static Failure of(Kind kind, String error) {
    return new Failure(kind, cut(general(error)), error);
  }

  /// @param where the same for all
  /// @param words SQLite's
  static Failure of(Kind kind, String where, String words, String error) {
    return new Failure(kind, cut(where + ": " + general(words)), error);
  }

  /// Versions, names and checksums are the set's, or one of few that were applied in its place.
  static Failure history(String error) {
    return new Failure(Kind.HISTORY, cut(error), error);
  }

  static Failure invariant(String name, String error) {
    return new Failure(Kind.INVARIANT, cut(name), error);
  }

  private static String general(String words) {
    String text = TEXT.matcher(words).replaceAll("'…'");
    return NUMBER.matcher(KEY.matcher(text).replaceAll("…")).replaceAll("…");
  }

  private static String cut(String text) {
    if (text.length() <= LENGTH_MAX) {
      return text;
    }
    int end = LENGTH_MAX - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }
}
