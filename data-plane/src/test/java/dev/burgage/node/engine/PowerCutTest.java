package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.log.LogCheck;
import dev.burgage.node.log.TestDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Cuts the power while clients write, again and again on the same files: of what nobody had waited
/// for, in the log as in the write-ahead log, some sectors are lost. The model is the set of
/// acknowledged rows. More rounds: `-Dpowercut.rounds=500`.
class PowerCutTest {
  private static final String INSERT = "INSERT INTO t(id, v) VALUES (?, ?)";
  private static final int CLIENTS = 4;

  @TempDir private Path folder = Path.of("");
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicLong ids = new AtomicLong();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("powercut.seeds", 3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noAcknowledgedRowIsLost(long seed) throws Exception {
    Random random = new Random(seed);
    Path now = Files.createDirectory(folder.resolve("0"));
    int rounds = Integer.getInteger("powercut.rounds", 6);
    for (int round = 1; round <= rounds; round++) {
      writeUntilTheCut(now, random);
      Path next = folder.resolve(Integer.toString(round));
      Files.move(now, next);
      now = next;
      LostSectors.of(now.resolve("t.db-wal"), random);
      Files.deleteIfExists(now.resolve("t.db-shm"));
      assertAllIsThere(now);
    }
    assertThat(LogCheck.of(now.resolve("log")).findings()).isEmpty();
  }

  private void writeUntilTheCut(Path at, Random random) throws Exception {
    TestDisk disk = new TestDisk();
    LoggedDatabase database = new LoggedDatabase(at, disk);
    disk.cutAtForce(1 + random.nextInt(60), new Random(random.nextLong()));
    List<Future<?>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        Random own = new Random(random.nextLong());
        clients.add(threads.submit(() -> write(database, own)));
      }
    }
    for (Future<?> client : clients) {
      client.get();
    }
    // The power is cut, so nothing of this may write to the files any more but SQLite's close,
    // which leaves the write-ahead log as it is.
    database.close();
  }

  private void write(LoggedDatabase database, Random random) {
    while (true) {
      long id = ids.incrementAndGet();
      try {
        if (random.nextInt(200) == 0) {
          database.database().checkpoint();
        }
        database.run(INSERT, id, "x".repeat(random.nextInt(5_000)));
        acknowledged.add(id);
      } catch (StatementFailedException e) {
        return;
      }
    }
  }

  private void assertAllIsThere(Path at) throws Exception {
    try (LoggedDatabase database = new LoggedDatabase(at, new TestDisk())) {
      assertThat(database.text("PRAGMA quick_check")).isEqualTo("ok");
      Set<Long> there =
          database.run("SELECT id FROM t").getFirst().rows().stream()
              .map(row -> row.getFirst() instanceof Long id ? id : -1L)
              .collect(Collectors.toSet());
      assertThat(there).containsAll(acknowledged);
      acknowledged.addAll(there); // what was not acknowledged and is there stays there
    }
  }
}
