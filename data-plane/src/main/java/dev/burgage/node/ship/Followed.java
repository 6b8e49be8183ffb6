package dev.burgage.node.ship;

import dev.burgage.node.log.ChainHash;
import dev.burgage.node.log.LogRecord;
import org.jspecify.annotations.Nullable;

/// A record and what is known of its place in the chain.
///
/// @param after its hash was made again from its content and this one before it, and is right; null
///   if nobody has done that yet
record Followed(LogRecord record, @Nullable ChainHash after) {
  static Followed unknown(LogRecord record) {
    return new Followed(record, null);
  }

  /// @param before null if that is not known
  static Followed of(LogRecord record, @Nullable ChainHash before) {
    boolean follows = before != null && record.hashAfter(before).equals(record.hash());
    return new Followed(record, follows ? before : null);
  }

  boolean follows(ChainHash before) {
    return before.equals(after) || record.hashAfter(before).equals(record.hash());
  }
}
