package dev.burgage.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;

/// A position in the stream of all binding changes of a cell. To callers it is an opaque string
/// that sorts; inside it is PostgreSQL's transaction id (`xid8`) and a sequence number, because a
/// sequence alone is not in commit order and a cursor over it loses rows.
///
/// @param transaction `pg_current_xact_id()` of the change, or the horizon below which all is seen
/// @param sequence the order inside one transaction
public record Revision(long transaction, long sequence) implements Comparable<Revision> {
  private static final Comparator<Revision> ORDER =
      Comparator.comparingLong(Revision::transaction).thenComparingLong(Revision::sequence);
  private static final int DIGITS = 16;

  /// Before every change.
  public static final Revision NONE = new Revision(0, 0);

  public Revision {
    if (transaction < 0 || sequence < 0) {
      throw new IllegalArgumentException("a revision has no negative part");
    }
  }

  /// @throws IllegalArgumentException if the text is not one that [#toString()] made
  @JsonCreator
  public static Revision parse(String text) {
    if (text.length() != 2 * DIGITS + 1 || text.charAt(DIGITS) != '-') {
      throw new IllegalArgumentException(
          "revision must be the value that an answer carried in its Burgage-Revision header");
    }
    try {
      return new Revision(
          Long.parseLong(text, 0, DIGITS, 16), Long.parseLong(text, DIGITS + 1, text.length(), 16));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "revision must be the value that an answer carried in its Burgage-Revision header", e);
    }
  }

  @Override
  public int compareTo(Revision other) {
    return ORDER.compare(this, other);
  }

  @JsonValue
  @Override
  public String toString() {
    return "%016x-%016x".formatted(transaction, sequence);
  }
}
