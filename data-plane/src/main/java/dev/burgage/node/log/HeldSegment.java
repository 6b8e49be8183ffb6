package dev.burgage.node.log;

import java.util.List;

/// A segment that could be removed if no database needed it.
///
/// @param holders the newest record of each database that does: one whose newest record is in it,
///   or with commits in it that are not in the database's file
public record HeldSegment(long number, List<RecordKey> holders) {
  public HeldSegment {
    holders = List.copyOf(holders);
  }
}
