package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.DatabaseId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LogTailsTest {
  private final DatabaseId database = new DatabaseId(new UUID(1, 1));
  private final SegmentIndex[] indexes = {
    new SegmentIndex(), new SegmentIndex(), new SegmentIndex()
  };
  private final LogTails tails = new LogTails();
  private int offset = SegmentHeader.BYTES;

  private void add(int segment, Kind kind, long transaction) {
    RecordKey key = new RecordKey(database, 1, transaction, 0);
    offset += RecordFormat.HEADER_BYTES;
    indexes[segment].add(kind, key, offset);
    tails.add(kind, key, new LogPosition(segment, offset));
  }

  private LogTails afterAStart(int oldest) {
    LogTails fresh = new LogTails();
    for (int segment = oldest; segment < indexes.length; segment++) {
      fresh.add(segment, indexes[segment]);
    }
    return fresh;
  }

  @Test
  void theSegmentThatSaysWhatIsInTheFileIsNeededUntilALaterOneDoes() {
    add(1, Kind.BASE_FILE, 1);
    add(1, Kind.COMMIT, 2);
    add(1, Kind.CHECKPOINT, 2);
    add(2, Kind.COMMIT, 3);

    assertThat(indexes[1].heldBy(1, tails)).containsExactly(database);
    assertThat(indexes[1].heldBy(1, afterAStart(1))).containsExactly(database);
    assertThat(afterAStart(1).find(database)).isEqualTo(tails.find(database));

    add(2, Kind.CHECKPOINT, 3);
    assertThat(indexes[1].heldBy(1, tails)).isEmpty();
    assertThat(indexes[1].heldBy(1, afterAStart(1))).isEmpty();
    assertThat(afterAStart(2).find(database)).isEqualTo(tails.find(database));
  }

  @Test
  void aCheckpointThatIsWrittenAnewFreesTheSegmentOfTheOneBefore() {
    add(1, Kind.COMMIT, 2);
    add(1, Kind.CHECKPOINT, 2);
    add(2, Kind.CHECKPOINT, 2);

    assertThat(indexes[1].heldBy(1, tails)).isEmpty();
    assertThat(indexes[1].heldBy(1, afterAStart(1))).isEmpty();
  }
}
