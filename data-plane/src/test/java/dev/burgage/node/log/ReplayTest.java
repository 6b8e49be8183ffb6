package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// SQLite itself is the oracle: what it has after a commit, and its file after a checkpoint.
class ReplayTest {
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(1, 2));

  @TempDir Path folder;

  private CommitLog log(Packing packing) throws IOException {
    LogSettings small = CommitLogTest.SMALL;
    return CommitLog.open(
        folder.resolve("log"),
        CommitLogTest.NODE,
        new LogSettings(small.segmentBytes(), small.queuedBytesMax(), 0, 0, packing),
        Clock.systemUTC(),
        this::isBase);
  }

  private boolean isBase(byte[] sha256) {
    try {
      return Arrays.equals(
          LiveDatabase.digest(Files.readAllBytes(folder.resolve("base.db"))), sha256);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DatabaseLog databaseLog(CommitLog log, Path file) throws IOException {
    return DatabaseLog.open(log, DATABASE, 1, file);
  }

  private Path base(int pageSize, String autoVacuum) throws Exception {
    Path base = LiveDatabase.make(folder.resolve("base.db"), pageSize, autoVacuum);
    Path file = folder.resolve("live.db");
    Files.copy(base, file);
    return file;
  }

  private Path restore(CommitLog log, long to) throws IOException {
    Path file = folder.resolve("restored.db");
    Files.copy(folder.resolve("base.db"), file, StandardCopyOption.REPLACE_EXISTING);
    try (LogReader reader = log.reader()) {
      new Replay(reader, DATABASE).fromBase(file, 1, to);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({"1,4096,none,PLAIN", "2,1024,full,ZSTD", "3,4096,incremental,PLAIN"})
  void everyCommitIsMadeAgainAndAfterACheckpointByteByByte(
      long seed, int pageSize, String autoVacuum, Packing packing) throws Exception {
    Random random = new Random(seed);
    Path file = base(pageSize, autoVacuum);
    Map<Long, String> contents = new HashMap<>();
    Map<Long, byte[]> files = new HashMap<>();
    List<Bookmark> bookmarks = new ArrayList<>();
    try (CommitLog log = log(packing);
        DatabaseLog database = databaseLog(log, file)) {
      database.begin();
      try (LiveDatabase live = LiveDatabase.open(file)) {
        for (int i = 0; i < 50; i++) {
          live.randomTransaction(random);
          DatabaseLog.Recorded recorded = database.record();
          assertThat(recorded.transactions()).isLessThanOrEqualTo(1);
          contents.put(recorded.bookmark().transaction(), live.content());
          bookmarks.add(recorded.bookmark());
          if (random.nextInt(9) == 0) {
            recorded.durable().join();
            live.checkpoint();
            Bookmark same = database.checkpointed().bookmark();
            assertThat(same).isEqualTo(recorded.bookmark());
            files.put(same.transaction(), live.bytes(folder.resolve("copy.db")));
          }
        }
        database.checkpointed().durable().join();
      }
      assertThat(bookmarks).isSorted();
      assertThat(bookmarks.stream().map(Bookmark::toString)).isSorted();
      assertThat(files).hasSizeGreaterThan(2);
      for (Map.Entry<Long, byte[]> expected : files.entrySet()) {
        byte[] restored = Files.readAllBytes(restore(log, expected.getKey()));
        assertThat(restored).as("transaction %d", expected.getKey()).isEqualTo(expected.getValue());
      }
      Path step = restore(log, 1);
      for (long number = 2; number <= bookmarks.getLast().transaction(); number++) {
        try (LogReader reader = log.reader()) {
          new Replay(reader, DATABASE).onto(step, number, number);
        }
        assertThat(LiveDatabase.contentOf(step))
            .as("transaction %d", number)
            .isEqualTo(contents.get(number));
      }
    }
    assertThat(LogCheck.of(folder.resolve("log")).findings()).isEmpty();
  }

  @Test
  void aTransactionOfManyRecordsIsMadeAgainOrNotAtAll() throws Exception {
    Path file = base(4096, "none");
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file);
        LiveDatabase live = LiveDatabase.open(file)) {
      database.begin();
      live.execute(
          "with recursive n(i) as (select 1 union all select i + 1 from n limit 900)"
              + " insert into t0(a, b) select i, randomblob(3500) from n");
      DatabaseLog.Recorded recorded = database.record();
      recorded.durable().join();
      assertThat(recorded.bookmark().transaction()).isEqualTo(2);
      List<Integer> parts = new ArrayList<>();
      try (LogReader reader = log.reader()) {
        reader.read(DATABASE, 2, transaction -> parts.add(transaction.parts().size()));
      }
      assertThat(parts).hasSize(1).allMatch(count -> count >= 3);
      assertThat(LiveDatabase.contentOf(restore(log, 2))).isEqualTo(live.content());
    }
  }

  @Test
  void partsWithoutAnEndAreAbandonedByTheNextTransaction() throws Exception {
    Path file = base(4096, "none");
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file)) {
      database.begin().durable().join();
      LogRecord last = Objects.requireNonNull(log.findLast(DATABASE));
      Pages page = new Pages(4096, 2, new int[] {2}, new byte[4096]);
      RecordKey key = new RecordKey(DATABASE, 1, 2, 0);
      LogRecord part = new LogRecord(Kind.PART, key, 9, page, last.wal(), last.hash());
      log.append(LogRecord.chained(part, last.hash()), null).durable().join();
    }
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file);
        LiveDatabase live = LiveDatabase.open(file)) {
      live.execute("insert into t0(a) values(1)");
      database.record().durable().join();
      assertThat(LiveDatabase.contentOf(restore(log, 2))).isEqualTo(live.content());
    }
    assertThat(LogCheck.of(folder.resolve("log")).findings()).isEmpty();
  }

  @Test
  void aDatabaseThatIsNewToTheLogCanBringAllItsPages() throws Exception {
    Path file = base(4096, "none");
    try (LiveDatabase live = LiveDatabase.open(file)) {
      live.execute("insert into t0(a, b) values(1, zeroblob(2000000))");
    }
    byte[] whole = Files.readAllBytes(file);
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file)) {
      assertThat(database.state()).isEqualTo(DatabaseLog.State.NEW);
      database.begin().durable().join();
      assertThat(database.state()).isEqualTo(DatabaseLog.State.CURRENT);
      Path empty = folder.resolve("empty.db");
      try (LogReader reader = log.reader()) {
        new Replay(reader, DATABASE).fromBase(empty, 1, 1);
      }
      assertThat(Files.readAllBytes(empty)).isEqualTo(whole);
    }
  }

  @Test
  void aFileThatIsNotTheBaseIsRefused() throws Exception {
    Path file = base(4096, "none");
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file)) {
      database.begin().durable().join();
      CommitLogTest.flip(folder.resolve("base.db"), 4000);
      assertThatThrownBy(() -> restore(log, 1))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("is not the base of database");
      assertThatThrownBy(() -> restore(log, 7)).isInstanceOf(LogDamagedException.class);
    }
  }

  @Test
  void whatAKilledProcessLeftInTheWalIsTaken() throws Exception {
    Path file = base(4096, "none");
    Path crashed = Files.createDirectory(folder.resolve("crashed")).resolve("live.db");
    String content;
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file);
        LiveDatabase live = LiveDatabase.open(file)) {
      database.begin();
      live.execute("insert into t0(a) values(1)");
      database.record().durable().join();
      live.execute("insert into t0(a) values(2)");
      live.execute("insert into t0(a) values(3)");
      content = live.content();
      copyAsItIs(live, file, crashed);
    }
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, crashed)) {
      assertThat(database.state()).isEqualTo(DatabaseLog.State.CURRENT);
      DatabaseLog.Recorded remainder = database.record();
      remainder.durable().join();
      assertThat(remainder.transactions()).isEqualTo(2);
      assertThat(LiveDatabase.contentOf(restore(log, remainder.bookmark().transaction())))
          .isEqualTo(content);
    }
  }

  private void copyAsItIs(LiveDatabase live, Path file, Path to) throws Exception {
    live.bytes(to);
    Files.copy(Path.of(file + "-wal"), Path.of(to + "-wal"));
  }

  @Test
  void aFileWhoseWalWasLostInAPowerCutIsRolledForward() throws Exception {
    for (int seed = 0; seed < 8; seed++) {
      Files.deleteIfExists(folder.resolve("base.db"));
      Files.deleteIfExists(folder.resolve("live.db"));
      rollForward(new Random(seed), seed);
      deleteLog();
    }
  }

  private void deleteLog() throws IOException {
    try (var files = Files.newDirectoryStream(folder.resolve("log"))) {
      for (Path each : files) {
        Files.delete(each);
      }
    }
  }

  private void rollForward(Random random, int seed) throws Exception {
    Path file = base(4096, "none");
    Path cut = Files.createDirectory(folder.resolve("cut" + seed)).resolve("live.db");
    String content;
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file);
        LiveDatabase live = LiveDatabase.open(file)) {
      database.begin();
      int transactions = 5 + random.nextInt(15);
      int checkpointed = random.nextInt(2 * transactions);
      for (int i = 0; i < transactions; i++) {
        live.randomTransaction(random);
        database.record().durable().join();
        if (i == checkpointed) {
          live.checkpoint();
          database.checkpointed();
        }
      }
      if (random.nextInt(3) == 0) {
        live.checkpoint(); // and dies before it can say so
      }
      content = live.content();
      copyAsItIs(live, file, cut);
    }
    Path wal = Path.of(cut + "-wal");
    try (var channel = FileChannel.open(wal, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() * random.nextInt(100) / 100);
    }
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, cut)) {
      if (database.state() == DatabaseLog.State.BEHIND) {
        database.rollForward().durable().join();
      }
      assertThat(database.state()).isEqualTo(DatabaseLog.State.CURRENT);
      try (LiveDatabase live = LiveDatabase.open(cut)) {
        assertThat(live.content()).as("seed %d", seed).isEqualTo(content);
        live.execute("insert into t0(a) values('after')");
        database.record().durable().join();
        content = live.content();
      }
      assertThat(LiveDatabase.contentOf(restore(log, database.bookmark().transaction())))
          .isEqualTo(content);
    }
  }

  @Test
  void aWalThatWasBegunAnewUnknownToTheLogIsNotTaken() throws Exception {
    Path file = base(4096, "none");
    try (CommitLog log = log(Packing.PLAIN);
        DatabaseLog database = databaseLog(log, file);
        LiveDatabase live = LiveDatabase.open(file)) {
      database.begin();
      live.execute("insert into t0(a) values(1)");
      database.record().durable().join();
      live.execute("insert into t0(a) values(2)"); // of which the log never hears
      live.checkpoint();
      live.execute("insert into t0(a) values(3)");
      assertThatThrownBy(database::record)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("was begun anew while the log was not told");
    }
  }

  @Test
  void anOlderGenerationMayNotRecordAndANewOneIsInTheLog() throws Exception {
    Path file = base(4096, "none");
    try (CommitLog log = log(Packing.PLAIN)) {
      try (DatabaseLog database = databaseLog(log, file)) {
        database.begin().durable().join();
      }
      try (DatabaseLog moved = DatabaseLog.open(log, DATABASE, 2, file);
          LiveDatabase live = LiveDatabase.open(file)) {
        live.execute("insert into t0(a) values(1)");
        DatabaseLog.Recorded recorded = moved.record();
        recorded.durable().join();
        assertThat(recorded.bookmark().transaction()).isEqualTo(3);
        assertThat(LiveDatabase.contentOf(restore(log, 3))).isEqualTo(live.content());
      }
      assertThatThrownBy(() -> databaseLog(log, file))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("is served under generation 2 by now");
    }
  }

  @Test
  void aDeletedDatabaseBeginsAnewIfItIsMadeAgain() throws Exception {
    Path file = base(4096, "none");
    try (CommitLog log = log(Packing.PLAIN)) {
      try (DatabaseLog database = databaseLog(log, file)) {
        database.begin().durable().join();
      }
      DatabaseLog.delete(log, DATABASE, 1, file);
      DatabaseLog.delete(log, DATABASE, 1, file);
      try (DatabaseLog again = databaseLog(log, file)) {
        assertThat(again.state()).isEqualTo(DatabaseLog.State.NEW);
        assertThat(again.begin().bookmark().transaction()).isEqualTo(3);
      }
    }
    assertThat(LogCheck.of(folder.resolve("log")).findings()).isEmpty();
  }
}
