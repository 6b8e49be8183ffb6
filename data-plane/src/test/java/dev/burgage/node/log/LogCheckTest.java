package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCheckTest {
  @TempDir Path folder;

  private Path log() {
    return folder.resolve("log");
  }

  // Each append is a group of its own.
  private void write(int transactions) throws IOException {
    Chained one = new Chained(1);
    Chained other = new Chained(2);
    try (CommitLog log =
        CommitLog.open(log(), CommitLogTest.NODE, CommitLogTest.SMALL, Clock.systemUTC())) {
      for (int i = 0; i < transactions; i++) {
        Chained database = i % 3 == 0 ? other : one;
        database.append(log, database.transaction() == 0 ? 0 : 1).durable().join();
      }
    }
  }

  @Test
  void aFlippedBitInAnyByteIsFound() throws Exception {
    write(6);
    Path segment = LogStart.segments(log()).getFirst();
    long lastMark;
    long end;
    try (SegmentReader reader = SegmentReader.open(segment)) {
      end = SegmentIndex.scan(reader, new SegmentIndex(), new long[1]);
      lastMark = lastMark(reader, end);
    }
    byte[] whole = Arrays.copyOf(Files.readAllBytes(segment), (int) end);
    Path copy = Files.createDirectory(folder.resolve("copy")).resolve(segment.getFileName());
    Files.write(copy, whole);
    Random random = new Random(7);
    for (int at = 0; at < whole.length; at++) {
      LogCheck.Report report;
      try (RandomAccessFile access = new RandomAccessFile(copy.toFile(), "rw")) {
        access.seek(at);
        access.write(whole[at] ^ (1 << random.nextInt(8)));
        report = LogCheck.of(copy);
        access.seek(at);
        access.write(whole[at]);
      }
      if (at < lastMark) {
        assertThat(report.findings()).as("byte %d", at).isNotEmpty();
        long offset = report.findings().getFirst().position().offset();
        assertThat(offset).as("byte %d", at).isBetween(at - 800L, (long) at);
      } else {
        assertThat(report.unfinished()).as("byte %d", at).isNotNull();
      }
    }
  }

  private static long lastMark(SegmentReader reader, long end) throws IOException {
    long mark = 0;
    for (long at = SegmentHeader.BYTES; at < end; ) {
      byte[] record = Objects.requireNonNull(reader.read(at));
      if (RecordFormat.decode(record).kind() == Kind.SYNCED) {
        mark = at;
      }
      at += record.length;
    }
    return mark;
  }

  @Test
  void theDamagedRecordIsNamed() throws Exception {
    write(9);
    Path segment = LogStart.segments(log()).getFirst();
    LogPosition position;
    try (CommitLog log =
        CommitLog.open(log(), CommitLogTest.NODE, CommitLogTest.SMALL, Clock.systemUTC())) {
      position = CommitLogTest.tail(log, new Chained(2));
    }
    CommitLogTest.flip(segment, position.offset() + 300);
    LogCheck.Report report = LogCheck.of(log());
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().getFirst().toString())
        .isEqualTo(
            "0000000000000001.log, offset %d (database %s, generation 1, transaction 3, part 0):"
                    .formatted(position.offset(), new Chained(2).database())
                + " the record is damaged: its checksum is wrong");
    assertThat(report.records()).isEqualTo(2 * 9 - 1);
  }

  @Test
  void aRecordThatIsMissingBreaksTheChainOfItsDatabase() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log =
        CommitLog.open(log(), CommitLogTest.NODE, CommitLogTest.SMALL, Clock.systemUTC())) {
      log.append(database.next(0), null);
      database.next(1);
      log.append(database.next(1), null).durable().join();
    }
    assertThat(LogCheck.of(log()).findings())
        .singleElement()
        .asString()
        .contains("transaction 3")
        .contains("it does not follow the database's record before it");
  }

  @Test
  void recordsThatWereCutOffTheEndOfAFullSegmentAreMissed() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log =
        CommitLog.open(log(), CommitLogTest.NODE, CommitLogTest.SMALL, Clock.systemUTC())) {
      for (int i = 0; i < 5_000; i++) {
        log.append(database.next(i == 0 ? 0 : 1), null);
      }
    }
    List<Path> segments = LogStart.segments(log());
    try (var channel = FileChannel.open(segments.getFirst(), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 768);
    }
    assertThat(LogCheck.of(log()).findings().toString())
        // How records lie in the segment depends on which were written together.
        .containsPattern(
            "the record is damaged: (its length is \\d+ bytes and \\d+ are left|it does not begin)")
        .contains("the segment's records end at");
  }

  @Test
  void theVerbSaysWhatItFoundAndEndsWithAStatus() throws Exception {
    write(9);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertThat(VerifyLog.run(folder, out)).isEqualTo(VerifyLog.SOUND);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("sound: 18 records of 2 databases in ");
    said.reset();
    CommitLogTest.flip(LogStart.segments(log()).getFirst(), 1000);
    assertThat(VerifyLog.run(log(), out)).isEqualTo(VerifyLog.DAMAGED);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("DAMAGED 0000000000000001.log, offset ")
        .contains("damaged: 17 records");
    assertThat(VerifyLog.run(folder.resolve("nothing"), out)).isEqualTo(VerifyLog.DAMAGED);
    assertThatThrownBy(() -> LogCheck.of(folder)).hasMessageContaining("must be a log's folder");
  }
}
