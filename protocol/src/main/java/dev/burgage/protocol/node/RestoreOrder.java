package dev.burgage.protocol.node;

import dev.burgage.protocol.Moment;
import org.jspecify.annotations.Nullable;

/// Body of `POST …/restore`: put the database as of a moment in its own place.
///
/// @param to a bookmark, an RFC 3339 time, or seconds since 1970
public record RestoreOrder(@Nullable String to) {
  /// @throws IllegalArgumentException if there is none, or it is none of these
  public Moment moment() {
    if (to == null) {
      throw new IllegalArgumentException("to must name the moment to restore to");
    }
    return Moment.parse(to);
  }
}
