package dev.burgage.node.ship;

/// How far the store is behind a node's log.
///
/// @param bytes of the log that are durable here and not in the store
/// @param seconds since the oldest commit that is on its way
public record Lag(long bytes, long seconds) {
  static final Lag NONE = new Lag(0, 0);
}
