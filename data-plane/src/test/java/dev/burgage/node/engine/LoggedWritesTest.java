package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.log.LogCheck;
import dev.burgage.node.log.TestDisk;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is acknowledged is in the log, and what is in the log comes back.
class LoggedWritesTest {
  private static final String INSERT = "INSERT INTO t(v) VALUES (?)";
  private static final String INSERT_BLOB = "INSERT INTO t(v) VALUES (zeroblob(1000000))";
  private static final String COUNT = "SELECT count(*) FROM t";

  @TempDir private Path folder = Path.of("");
  private final TestDisk disk = new TestDisk();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  @SuppressWarnings("NullAway.Init")
  private LoggedDatabase database;

  @BeforeEach
  void open() throws IOException, SQLException {
    database = new LoggedDatabase(Files.createDirectory(folder.resolve("a")), disk);
  }

  @AfterEach
  void close() {
    disk.releaseForces();
    clients.close();
    database.close();
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static void assertWaits(Future<?> call) {
    assertThatThrownBy(() -> call.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void nobodyHearsOfACommitBeforeItIsOnTheDisk() throws Exception {
    database.run(INSERT, 1L);
    assertThat(database.text(COUNT)).isEqualTo("1");
    disk.holdForces();
    Future<?> write = clients.submit(() -> database.run(INSERT, 2L));
    await(disk::isForceHeld);
    Future<String> read = clients.submit(() -> database.text(COUNT));
    Future<String> copy =
        clients.submit(() -> database.database().apart("(a look)", connection -> "looked"));
    assertWaits(write);
    assertWaits(read);
    assertWaits(copy);
    disk.releaseForces();
    write.get();
    assertThat(read.get()).isEqualTo("2");
    assertThat(copy.get()).isEqualTo("looked");
  }

  @Test
  void aTaskThatGoesOnAfterItsCommitDoesNotHoldReadersUp() throws Exception {
    database.run(INSERT, 1L);
    disk.holdForces();
    Future<?> task =
        clients.submit(() ->
            database
                .database()
                .exclusively(connection -> {
                  try (var statement = connection.jdbc().createStatement()) {
                    connection.permit(Policy.TRUSTED);
                    statement.execute("INSERT INTO t(v) VALUES (2)");
                    disk.releaseForces();
                    return statement.execute(
                        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x <"
                            + " 30000000) SELECT count(*) FROM c");
                  }
                }));
    await(() -> database.text(COUNT).equals("2"));
    assertThat(task.isDone()).isFalse();
    task.get();
  }

  @Test
  void anInterruptOfWhoeverWritesChangesNothing() throws Exception {
    AtomicInteger written = new AtomicInteger();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (long i = 0; i < 1_000; i++) {
                database.run(INSERT, i);
                written.incrementAndGet();
                if (i % 3 == 0) {
                  var _ = Thread.interrupted();
                }
              }
            });
    while (writer.isAlive()) {
      writer.interrupt();
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(20));
    }
    assertThat(written).hasValue(1_000);
    assertThat(database.text(COUNT)).isEqualTo("1000");
    assertThat(database.database().hasFailed()).isFalse();
  }

  @Test
  void whatTheDatabasesFilesHaveLostIsMadeAgain() throws Exception {
    for (long i = 0; i < 50; i++) {
      database.run(INSERT, i);
    }
    Path copy = folder.resolve("b");
    LoggedDatabase.copy(folder.resolve("a"), copy);
    Files.delete(copy.resolve("t.db-wal"));
    try (LoggedDatabase again = new LoggedDatabase(copy, new TestDisk())) {
      assertThat(again.text(COUNT)).isEqualTo("50");
      again.run(INSERT, 50L);
    }
    try (LoggedDatabase again = new LoggedDatabase(copy, new TestDisk())) {
      assertThat(again.text(COUNT)).isEqualTo("51");
      assertThat(again.text("PRAGMA quick_check")).isEqualTo("ok");
    }
    assertThat(LogCheck.of(copy.resolve("log")).findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void afterAnyCrashAllThatWasAcknowledgedIsThere(long seed) throws Exception {
    Random random = new Random(seed);
    for (int crash = 0; crash < 4; crash++) {
      int before = Integer.parseInt(database.text(COUNT));
      int writes = random.nextInt(400);
      for (int i = 0; i < writes; i++) {
        database.run(INSERT, "x".repeat(random.nextInt(6_000)));
      }
      if (random.nextInt(3) == 0) {
        assertThat(database.database().checkpoint()).isTrue();
      }
      String sum = database.text("SELECT count(*) || '/' || total(length(v)) FROM t");
      Path copy = folder.resolve("crash-" + crash);
      LoggedDatabase.copy(database.folder(), copy);
      database.close();
      lose(copy.resolve("t.db-wal"), random);
      database = new LoggedDatabase(copy, disk);
      assertThat(database.text("SELECT count(*) || '/' || total(length(v)) FROM t")).isEqualTo(sum);
      assertThat(database.text("PRAGMA quick_check")).isEqualTo("ok");
      assertThat(sum).startsWith(before + writes + "/");
    }
    database.close();
    assertThat(LogCheck.of(database.folder().resolve("log")).findings()).isEmpty();
    database = new LoggedDatabase(database.folder(), disk);
  }

  // Between checkpoints nobody has waited for any of it.
  private static void lose(Path wal, Random random) throws IOException {
    if (!Files.exists(wal) || Files.size(wal) == 0) {
      return;
    }
    try (var channel = FileChannel.open(wal, StandardOpenOption.WRITE)) {
      long size = channel.size();
      switch (random.nextInt(4)) {
        case 0 -> channel.truncate(0);
        case 1 -> channel.truncate(random.nextLong(size));
        case 2 -> {
          for (int i = 0; i < 5; i++) {
            channel.write(ByteBuffer.allocate(512), random.nextLong(size) / 512 * 512);
          }
        }
        default -> {
          // nothing is lost
        }
      }
    }
  }

  @Test
  void aLogThatCannotBeWrittenAcknowledgesNothingAnyMore() {
    database.run(INSERT, 1L);
    disk.refuseForce(true);
    assertThatThrownBy(() -> database.run(INSERT, 2L))
        .isInstanceOf(StatementFailedException.class)
        .hasMessageContaining("start again when the disk is well");
    assertThat(database.database().hasFailed()).isTrue();
    assertThatThrownBy(() -> database.run(COUNT)).hasMessageContaining("commit log");
    assertThatThrownBy(() -> database.run(INSERT, 3L)).hasMessageContaining("commit log");
  }

  @Test
  void aFullDiskRefusesWritesAndReadsGoOn() {
    disk.setUsableBytes(0);
    long written = 0;
    ErrorCode refusal = null;
    while (refusal == null) {
      try {
        database.run(INSERT, "x".repeat(50_000));
        written++;
      } catch (StatementFailedException e) {
        refusal = e.code();
      }
    }
    assertThat(refusal).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(database.text(COUNT)).isEqualTo(Long.toString(written));
    assertThat(database.database().hasFailed()).isFalse();
    disk.setUsableBytes(Long.MAX_VALUE);
    await(() -> {
      try {
        database.run(INSERT, "there is room again");
        return true;
      } catch (StatementFailedException e) {
        return false;
      }
    });
    assertThat(database.text(COUNT)).isEqualTo(Long.toString(written + 1));
  }

  @Test
  void aLoadThatTheLogHasNoRoomForIsNotCommitted() {
    database.run(INSERT, 1L);
    disk.setUsableBytes(4_000_000);
    assertThatThrownBy(() -> database.load(INSERT_BLOB, 20))
        .isInstanceOfSatisfying(
            StatementFailedException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
        .hasMessageContaining("does not fit in the log");
    assertThat(database.database().hasFailed()).isFalse();
    assertThat(database.text(COUNT)).isEqualTo("1");
    disk.setUsableBytes(Long.MAX_VALUE);
    database.load(INSERT_BLOB, 20);
    assertThat(database.text(COUNT)).isEqualTo("21");
  }

  @Test
  void theWriteAheadLogStaysShort() throws IOException {
    long longest = 0;
    for (int i = 0; i < 3_000; i++) {
      database.run(INSERT, "x".repeat(3_000));
      longest = Math.max(longest, Files.size(database.wal()));
    }
    assertThat(longest).isLessThan(10_000_000);
    assertThat(Files.size(database.file())).isGreaterThan(5_000_000);
    database.close();
    assertThat(database.wal()).doesNotExist();
  }
}
