package dev.burgage.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/// A moment in the past of a database, as requests name it: one of its commits, or a time, which
/// stands for the last commit that is not after it.
public sealed interface Moment {
  /// The commit with this bookmark.
  record AtBookmark(Bookmark bookmark) implements Moment {
    @Override
    public String toString() {
      return bookmark.toString();
    }
  }

  /// The last commit up to this time.
  record AtTime(Instant time) implements Moment {
    @Override
    public String toString() {
      return time.toString();
    }
  }

  /// Reads a bookmark, an RFC 3339 time (`2026-11-22T13:00:00Z`), or seconds since 1970.
  ///
  /// @throws IllegalArgumentException if it is none of these
  static Moment parse(String text) {
    String told = text.strip();
    if (Texts.SECONDS.matcher(told).matches()) {
      return new AtTime(Instant.ofEpochSecond(Long.parseLong(told)));
    }
    if (told.length() > Texts.DATE_LENGTH && told.charAt(4) == '-' && told.charAt(7) == '-') {
      try {
        // A plus sign in a query that was not encoded arrives as a space.
        return new AtTime(OffsetDateTime.parse(told.replace(' ', '+')).toInstant());
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(Texts.wrong(text), e);
      }
    }
    if (told.length() == Texts.BOOKMARK_LENGTH) {
      return new AtBookmark(Bookmark.parse(told));
    }
    throw new IllegalArgumentException(Texts.wrong(text));
  }
}

final class Texts {
  static final int DATE_LENGTH = 10;
  static final int BOOKMARK_LENGTH = 59;

  /// Until 2106, as bookmarks: more digits are milliseconds.
  static final Pattern SECONDS = Pattern.compile("[0-9]{1,10}");

  private Texts() {}

  static String wrong(String text) {
    return ("a moment must be a bookmark as an answer gave it, a time like 2026-11-22T13:00:00Z, or"
            + " whole seconds since 1970 (not milliseconds); got \"%.80s\"")
        .formatted(text);
  }
}
