package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import java.util.UUID;

/// Which record of which database.
///
/// @param generation under which the database was served
/// @param transaction counts from 1 without a gap, through all generations
/// @param part of the transaction, from 0. A part 0 abandons parts that had no end.
public record RecordKey(DatabaseId database, long generation, long transaction, int part) {
  /// Records of the log itself belong to this one.
  static final DatabaseId NO_DATABASE = new DatabaseId(new UUID(0, 0));

  RecordKey nextPart() {
    return new RecordKey(database, generation, transaction, part + 1);
  }

  @Override
  public String toString() {
    return "database %s, generation %d, transaction %d, part %d"
        .formatted(database, generation, transaction, part);
  }
}
