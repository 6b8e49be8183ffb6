package dev.burgage.node.engine;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.crash.Evidence;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.TestDisk;
import dev.burgage.node.log.TestLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What open databases share, for tests: a log of its own in `log`, and all the rest.
public final class TestEngine implements AutoCloseable {
  private final ExecutorService writers = Executors.newCachedThreadPool();
  private final Watchdog watchdog;
  private final CommitLog log;
  private final EngineSettings settings;

  public TestEngine(Path folder, StatementSlots slots) throws IOException {
    this(folder, slots, new Overrun(Duration.ofMinutes(1), _ -> {}), new TestDisk());
  }

  /// @param disk of the log
  TestEngine(Path folder, TestDisk disk) throws IOException {
    this(folder, new StatementSlots(2, 4), new Overrun(Duration.ofMinutes(1), _ -> {}), disk);
  }

  TestEngine(Path folder, StatementSlots slots, Overrun overrun, TestDisk disk) throws IOException {
    Evidence evidence = Evidence.begin(folder, slots.max() + 2, Clock.systemUTC());
    watchdog = new Watchdog(evidence, overrun);
    log = TestLogs.open(folder.resolve("log"), disk);
    Guard guard = Guard.of("enforced", folder);
    settings =
        new EngineSettings("n1", 2, slots, watchdog, writers, guard, evidence, log, () -> true);
  }

  public EngineSettings settings() {
    return settings;
  }

  /// When its databases are closed.
  @Override
  public void close() {
    writers.close();
    watchdog.close();
    try {
      log.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
