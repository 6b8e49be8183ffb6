package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitLogTest {
  static final NodeName NODE = new NodeName("n1");
  static final LogSettings SMALL = new LogSettings(2_400_000, 4_000_000, 500_000, 0, Packing.PLAIN);

  @TempDir Path folder;
  private final TestDisk disk = new TestDisk();

  private CommitLog open() throws IOException {
    return open(folder);
  }

  private CommitLog open(Path where) throws IOException {
    return CommitLog.open(where, NODE, SMALL, Clock.systemUTC(), disk);
  }

  static List<Long> transactions(CommitLog log, DatabaseId database) throws IOException {
    List<Long> found = new ArrayList<>();
    try (LogReader reader = log.reader()) {
      reader.read(
          database,
          1,
          transaction -> {
            found.add(transaction.end().key().transaction());
            return true;
          });
    }
    return found;
  }

  static LogRecord last(CommitLog log, Chained database) throws IOException {
    return Objects.requireNonNull(log.findLast(database.database()));
  }

  static LogPosition tail(CommitLog log, Chained database) {
    return Objects.requireNonNull(log.find(database.database())).last();
  }

  private static void append(CommitLog log, Chained database, int times) throws IOException {
    Append last = null;
    for (int i = 0; i < times; i++) {
      last = database.append(log, database.transaction() == 0 ? 0 : 1 + i % 3);
    }
    if (last != null) {
      last.durable().join();
    }
  }

  @Test
  void recordsOfManyDatabasesAreThereAfterAStartInTheirOrder() throws Exception {
    List<Chained> databases = new ArrayList<>();
    try (CommitLog log = open();
        ExecutorService writers = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Chained database = new Chained(i);
        databases.add(database);
        all.add(
            writers.submit(() -> {
              append(log, database, 900);
              return null;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertThat(log.recordCount()).isEqualTo(8 * 900);
    }
    assertThat(LogStart.segments(folder)).hasSizeGreaterThan(3);
    try (CommitLog log = open()) {
      for (Chained database : databases) {
        assertThat(transactions(log, database.database())).hasSize(900).isSorted();
        assertThat(last(log, database).key().transaction()).isEqualTo(900);
      }
      assertThat(log.databaseCount()).isEqualTo(8);
      append(log, new Chained(3, last(log, databases.get(3))), 5);
      assertThat(transactions(log, databases.get(3).database())).hasSize(905);
    }
    assertThat(LogCheck.of(folder).findings()).isEmpty();
  }

  @Test
  void readingBeginsAtTheTransactionThatIsAskedFor() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log = open()) {
      append(log, database, 20);
      List<Long> found = new ArrayList<>();
      try (LogReader reader = log.reader()) {
        reader.read(
            database.database(),
            15,
            transaction -> {
              found.add(transaction.end().key().transaction());
              return found.size() < 3;
            });
      }
      assertThat(found).containsExactly(15L, 16L, 17L);
    }
  }

  @Test
  void whatWaitsWhileTheDiskSyncsIsOneGroup() throws Exception {
    try (CommitLog log = open()) {
      append(log, new Chained(0), 1);
      long groupsBefore = log.groupCount();
      disk.holdForces();
      List<CompletableFuture<?>> waiting = new ArrayList<>();
      waiting.add(new Chained(99).append(log, 0).durable());
      await(disk::isForceHeld);
      for (int i = 1; i <= 50; i++) {
        waiting.add(new Chained(i).append(log, 0).durable());
      }
      assertThat(waiting).noneMatch(CompletableFuture::isDone);
      disk.releaseForces();
      CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).join();
      append(log, new Chained(100), 1);
      // The one that was held, what waited meanwhile, the last.
      assertThat(log.groupCount() - groupsBefore).isBetween(2L, 3L);
    }
  }

  @Test
  void aLoneRecordIsOnTheDiskWhenTheThreadThatMayWaitForItGoesOn() throws Exception {
    try (CommitLog log = open();
        ExecutorService writers = Executors.newFixedThreadPool(5)) {
      assertThat(log.appendHere(new Chained(1).next(0), null).durable()).isDone();
      disk.holdForces();
      List<Future<Append>> all = new ArrayList<>();
      for (int i = 2; i < 7; i++) {
        LogRecord record = new Chained(i).next(0);
        all.add(writers.submit(() -> log.appendHere(record, null)));
      }
      // One of them writes; the others wait for the log's own thread, which nobody waits for.
      await(() -> all.stream().filter(Future::isDone).count() == 4);
      disk.releaseForces();
      for (Future<Append> one : all) {
        one.get().durable().join();
      }
      assertThat(log.databaseCount()).isEqualTo(6);
    }
    assertThat(LogCheck.of(folder).findings()).isEmpty();
  }

  @Test
  void aThreadThatFailsToWriteRefusesAllThatComeAfter() throws Exception {
    try (CommitLog log = open()) {
      var _ = log.appendHere(new Chained(1).next(0), null);
      disk.refuseForce(true);
      assertThat(log.appendHere(new Chained(2).next(0), null).durable()).isCompletedExceptionally();
      disk.refuseForce(false);
      assertThat(log.hasFailed()).isTrue();
      LogRecord another = new Chained(3).next(0);
      assertThatThrownBy(() -> log.appendHere(another, null))
          .isInstanceOf(LogFailedException.class);
      assertThatThrownBy(() -> log.append(another, null)).isInstanceOf(LogFailedException.class);
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    for (int i = 0; i < 10_000 && !condition.holds(); i++) {
      Thread.sleep(1);
    }
    assertThat(condition.holds()).isTrue();
  }

  @Test
  void aTailThatWasTornAnywhereIsCutAndWritingGoesOn() throws Exception {
    Chained database = new Chained(1);
    long before;
    long end;
    try (CommitLog log = open()) {
      append(log, database, 4);
      before = tail(log, database).offset();
      LogRecord last = last(log, database);
      end = before + RecordFormat.encode(last, Packing.PLAIN).capacity();
    }
    Path segment = LogStart.segments(folder).getFirst();
    byte[] whole = Arrays.copyOf(Files.readAllBytes(segment), (int) end);
    for (int torn = (int) before + 1; torn < end; torn++) {
      Path copy = Files.createDirectories(folder.resolve("t" + torn));
      Path file = copy.resolve(segment.getFileName());
      Files.write(file, Arrays.copyOf(whole, torn));
      try (var access = new RandomAccessFile(file.toFile(), "rw")) {
        access.setLength(end + 4096);
      }
      boolean isWhole = isBlank(whole, torn);
      SegmentIndex index = new SegmentIndex();
      var parts = new SegmentWriter.Parts(copy, NODE, Clock.systemUTC(), disk, new LogTails());
      LogStart start = LogStart.of(parts, SMALL);
      assertThat(start.end()).as("torn at %d", torn).isEqualTo(isWhole ? end : before);
      try (SegmentReader reader = SegmentReader.open(file)) {
        assertThat(SegmentIndex.scan(reader, index, new long[1])).isEqualTo(start.end());
      }
      delete(copy);
    }
  }

  private static boolean isBlank(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static void delete(Path folder) throws IOException {
    for (Path file : LogStart.segments(folder)) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  @Test
  void aStartAfterATornTailAppendsInItsPlace() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log = open()) {
      append(log, database, 3);
      append(log, database, 1);
    }
    Path segment = LogStart.segments(folder).getFirst();
    try (CommitLog log = open()) {
      long last = tail(log, database).offset();
      flip(segment, last + 200);
    }
    try (CommitLog log = open()) {
      assertThat(transactions(log, database.database())).containsExactly(1L, 2L, 3L);
      append(log, new Chained(1, last(log, database)), 2);
    }
    try (CommitLog log = open()) {
      assertThat(transactions(log, database.database())).containsExactly(1L, 2L, 3L, 4L, 5L);
    }
    assertThat(LogCheck.of(folder).findings()).isEmpty();
  }

  static void flip(Path file, long at) throws IOException {
    try (var access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      int value = access.read();
      access.seek(at);
      access.write(value ^ 0x10);
    }
  }

  @Test
  void damageBeforeADurableGroupIsNeverTakenForATornTail() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log = open()) {
      append(log, database, 3);
      append(log, database, 1);
    }
    Path segment = LogStart.segments(folder).getFirst();
    flip(segment, SegmentHeader.BYTES + RecordFormat.HEADER_BYTES + 140);
    assertThatThrownBy(this::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("0000000000000001.log, offset 256")
        .hasMessageContaining("its checksum is wrong");
  }

  @Test
  void aFullSegmentThatIsDamagedIsNamedByWhoeverReadsIt() throws Exception {
    Chained database = new Chained(1);
    long record;
    try (CommitLog log = open()) {
      append(log, database, 100);
      record = tail(log, database).offset();
      append(log, database, 3_000);
    }
    flip(LogStart.segments(folder).getFirst(), record + 200);
    try (CommitLog log = open()) { // its index tells the start what it has
      assertThatThrownBy(() -> transactions(log, database.database()))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("0000000000000001.log, offset " + record);
    }
    assertThat(LogCheck.of(folder).findings()).hasSize(1);
  }

  @Test
  void aLostOrDamagedIndexIsMadeAgain() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log = open()) {
      append(log, database, 6_000);
    }
    List<Path> segments = LogStart.segments(folder);
    Files.delete(SegmentIndex.file(segments.get(0)));
    flip(SegmentIndex.file(segments.get(1)), 40);
    try (CommitLog log = open()) {
      assertThat(transactions(log, database.database())).hasSize(6_000);
    }
    for (Path segment : segments.subList(0, 2)) {
      assertThat(SegmentIndex.load(segment, Files.size(segment))).isNotNull();
    }
  }

  @Test
  void aFullSegmentThatWasNotCutYetIsCutByTheStart() throws Exception {
    Chained database = new Chained(1);
    try (CommitLog log = open()) {
      append(log, database, 4_000);
    }
    Path first = LogStart.segments(folder).getFirst();
    long end = Files.size(first);
    Files.delete(SegmentIndex.file(first));
    try (var access = new RandomAccessFile(first.toFile(), "rw")) {
      access.setLength(end + 4096);
    }
    try (CommitLog log = open()) {
      assertThat(transactions(log, database.database())).hasSize(4_000);
    }
    assertThat(first).hasSize(end);
  }

  @Test
  void aSegmentWhoseHeaderIsGoneIsNotTakenForOneThatWasNeverBegun() throws Exception {
    try (CommitLog log = open()) {
      append(log, new Chained(1), 3);
    }
    List<Path> segments = LogStart.segments(folder);
    if (segments.size() > 1) {
      Files.delete(segments.get(1)); // as on a full disk, which has no next segment
    }
    try (var access = new RandomAccessFile(segments.getFirst().toFile(), "rw")) {
      access.write(new byte[SegmentHeader.BYTES]);
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("0000000000000001.log: the segment's header is damaged");
  }

  @Test
  void aMissingSegmentStopsTheStart() throws Exception {
    try (CommitLog log = open()) {
      append(log, new Chained(1), 6_000);
    }
    Files.delete(LogStart.segments(folder).get(1));
    assertThatThrownBy(this::open)
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("0000000000000002.log is missing");
  }

  @Test
  void anotherNodesLogIsRefused() throws Exception {
    open().close();
    assertThatThrownBy(
            () -> CommitLog.open(folder, new NodeName("n2"), SMALL, Clock.systemUTC(), disk))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("the log of node n1; this is node n2");
  }

  @Test
  void afterAFailedSyncNothingIsAcknowledgedAnyMore() throws Exception {
    try (CommitLog log = open()) {
      append(log, new Chained(1), 2);
      disk.refuseForce(true);
      CompletableFuture<?> first = new Chained(2).append(log, 0).durable();
      assertThatThrownBy(first::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(LogFailedException.class)
          .hasMessageContaining("start again when the disk is well");
      disk.refuseForce(false); // as a disk does that has dropped the pages
      assertThatThrownBy(() -> new Chained(3).append(log, 0))
          .isInstanceOf(LogFailedException.class);
      assertThatThrownBy(log::requireRoom).isInstanceOf(LogFailedException.class);
    }
    try (CommitLog log = open()) {
      append(log, new Chained(4), 1);
    }
  }

  @Test
  void aFailedWriteEndsTheLogToo() throws Exception {
    try (CommitLog log = open()) {
      append(log, new Chained(1), 2);
      disk.refuseWrite(true);
      assertThatThrownBy(new Chained(2).append(log, 0).durable()::join)
          .hasCauseInstanceOf(LogFailedException.class);
    }
  }

  @Test
  void aFullDiskRefusesBeforeAnythingIsHalfWrittenAndComesBack() throws Exception {
    Chained database = new Chained(1);
    disk.setUsableBytes(1_000_000);
    try (CommitLog log = open()) {
      append(log, database, 10);
      long acknowledged = 10;
      while (true) {
        Append next = database.append(log, 100);
        if (next.durable().handle((_, failure) -> failure != null).get(30, TimeUnit.SECONDS)) {
          assertThat(next.durable().exceptionNow())
              .isInstanceOf(LogFullException.class)
              .hasMessageContaining("the log is full: the disk of");
          break;
        }
        acknowledged++;
      }
      assertThatThrownBy(log::requireRoom)
          .isInstanceOf(LogFullException.class)
          .hasMessageContaining("writes go on when there is room again");
      // Without the transaction before it this must not be written, even with room.
      disk.setUsableBytes(Long.MAX_VALUE);
      assertThat(database.append(log, 1).durable().handle((_, failure) -> failure).get())
          .isInstanceOf(LogFullException.class);
      assertThat(transactions(log, database.database())).hasSize((int) acknowledged);
      append(log, new Chained(1, last(log, database)), 20);
      assertThat(transactions(log, database.database())).hasSize((int) acknowledged + 20);
      log.requireRoom();
    }
    assertThat(LogCheck.of(folder).findings()).isEmpty();
  }

  @Test
  void theReserveIsLeftToCommitsThatAreUnderWay() throws Exception {
    disk.setUsableBytes(0);
    Chained database = new Chained(1);
    try (CommitLog log = open()) {
      append(log, database, 1);
      while (hasRoom(log)) {
        database.append(log, 100).durable().join();
      }
      for (int i = 0; i < 5; i++) {
        database.append(log, 100).durable().join();
      }
    }
  }

  private static boolean hasRoom(CommitLog log) throws IOException {
    try {
      log.requireRoom();
      return true;
    } catch (LogFullException e) {
      return false;
    }
  }

  @Test
  void aPowerCutLosesNothingThatWasAcknowledged() throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      cutPower(seed);
    }
  }

  private void cutPower(int seed) throws Exception {
    Path where = folder.resolve("cut" + seed);
    Random random = new Random(seed);
    TestDisk cut = new TestDisk();
    List<Chained> databases = List.of(new Chained(1), new Chained(2), new Chained(3));
    long[] acknowledged = new long[databases.size()];
    try (CommitLog log = CommitLog.open(where, NODE, SMALL, Clock.systemUTC(), cut)) {
      append(log, databases.getFirst(), 1);
      acknowledged[0] = 1;
      cut.cutAtForce(1 + random.nextInt(60), random);
      appendUntilCut(log, databases, acknowledged, random);
    }
    try (CommitLog log = CommitLog.open(where, NODE, SMALL, Clock.systemUTC(), disk)) {
      for (int i = 0; i < acknowledged.length; i++) {
        List<Long> found = transactions(log, databases.get(i).database());
        assertThat(found).as("seed %d", seed).hasSizeGreaterThanOrEqualTo((int) acknowledged[i]);
        append(log, new Chained(i + 1, log.findLast(databases.get(i).database())), 2);
      }
    }
    LogCheck.Report report = LogCheck.of(where);
    assertThat(report.findings()).as("seed %d", seed).isEmpty();
    assertThat(report.unfinished()).isNull();
  }

  private static void appendUntilCut(
      CommitLog log, List<Chained> databases, long[] acknowledged, Random random) {
    try {
      for (int i = 0; i < 3_000; i++) {
        int which = random.nextInt(databases.size());
        Chained database = databases.get(which);
        Append append =
            database.append(log, database.transaction() == 0 ? 0 : 1 + random.nextInt(60));
        long transaction = database.transaction();
        var _ = append.durable().thenRun(() -> acknowledged[which] = transaction);
        if (random.nextInt(4) == 0) {
          append.durable().join();
        }
      }
    } catch (LogFailedException | CompletionException e) {
      // the cut
    }
  }

  @Test
  void aDiskThatRefusesEverythingIsFoundBeforeTheLogIsWritten() throws IOException {
    try (CommitLog log = open()) {
      log.doubt();
      assertThat(log.hasFailed()).isFalse();
      assertThat(folder.resolve("trial")).doesNotExist();

      disk.setUsableBytes(0);
      disk.refuseWrite(true);
      log.doubt();
      assertThat(log.hasFailed()).as("full").isFalse();

      assertThat(log.canBeTakenUp()).as("nothing to take up").isFalse();
      disk.setUsableBytes(Long.MAX_VALUE);
      log.doubt();
      assertThat(log.hasFailed()).isTrue();
      assertThatThrownBy(log::requireRoom)
          .hasMessageContaining("start again when the disk is well");
      assertThat(log.canBeTakenUp()).as("still refused").isFalse();
      disk.refuseWrite(false);
      assertThat(log.canBeTakenUp()).as("by another process").isTrue();
      assertThatThrownBy(log::requireRoom).isInstanceOf(LogFailedException.class);
    }
  }
}
