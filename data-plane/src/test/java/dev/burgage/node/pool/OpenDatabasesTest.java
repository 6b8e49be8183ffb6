package dev.burgage.node.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.engine.TestEngine;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenDatabasesTest {
  private static final Limits IMPATIENT = new Limits(Limits.DEFAULT.sizeBytesMax(), 100);

  @TempDir private Path folder = Path.of("");
  private final DatabaseIdentity identity =
      new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @SuppressWarnings("NullAway.Init")
  private TestEngine engine;

  @SuppressWarnings("NullAway.Init")
  private OpenDatabases databases;

  @BeforeEach
  void open() throws IOException {
    engine = new TestEngine(folder, new StatementSlots(1, 1));
    databases =
        new OpenDatabases(
            (identity, limits) ->
                new SqliteDatabase(folder.resolve("t.db"), identity, limits, engine.settings()),
            new Residence() {
              @Override
              public CompletableFuture<?> begins(DatabaseIdentity identity, Limits limits) {
                return CompletableFuture.completedFuture(true);
              }

              @Override
              public void ended(DatabaseIdentity identity, Duration unused) {}
            },
            1,
            Quarantine.open(folder, Clock.systemUTC()),
            Duration.ofMillis(1));
  }

  @AfterEach
  void close() {
    threads.close();
    databases.close();
    engine.close();
  }

  @Test
  void aTaskRunsOnAClosedDatabaseAndLeavesItClosed() {
    assertThat(databases.whileClosed(identity, () -> databases.isOpen(identity))).contains(true);
    assertThat(databases.openCount()).isZero();
  }

  @Test
  void aTaskDoesNotRunWhileTheDatabaseIsOpen() {
    databases.borrow(identity, Limits.DEFAULT).close();
    assertThat(databases.whileClosed(identity, () -> true)).isEmpty();
    assertThat(databases.isOpen(identity)).isTrue();
  }

  @Test
  void whoAsksWhileATaskRunsGetsTheDatabaseAfterIt() {
    var started = new CountDownLatch(1);
    var ended = new AtomicBoolean();
    var visitor =
        CompletableFuture.supplyAsync(() -> {
          await(started);
          try (OpenDatabases.Borrowed borrowed = databases.borrow(identity, Limits.DEFAULT)) {
            return ended.get() && borrowed.database() != null;
          }
        });
    databases.whileClosed(
        identity,
        () -> {
          started.countDown();
          for (int i = 0; i < 100; i++) {
            assertThat(visitor).isNotDone();
            pause();
          }
          ended.set(true);
          return true;
        });
    assertThat(visitor.join()).isTrue();
  }

  @Test
  void whoAsksWaitsNoLongerThanAStatementMayTake() {
    databases.whileClosed(
        identity,
        () -> {
          assertThatThrownBy(() -> ask(IMPATIENT))
              .hasRootCauseInstanceOf(BurgageException.class)
              .hasMessageContaining("is being migrated or restored; try again");
          return true;
        });
    assertThat(databases.openCount()).isZero();
  }

  @Test
  void aTaskTakesAPlaceAndGivesItBack() {
    databases.whileClosed(
        identity,
        () -> {
          DatabaseIdentity other = new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1);
          assertThatThrownBy(() -> databases.borrow(other, Limits.DEFAULT))
              .hasMessageContaining("overloaded");
          return true;
        });
    databases.borrow(identity, Limits.DEFAULT).close();
  }

  private static Grace grace(int untouchedMillis, int refusedMillis) {
    return new Grace(
        Duration.ofMillis(untouchedMillis), Duration.ofMillis(refusedMillis), "come again");
  }

  @Test
  void drainedTaskWaitsForWhoIsThereAndNewcomersComeAfterIt() {
    OpenDatabases.Borrowed user = databases.borrow(identity, Limits.DEFAULT);
    var ran = new AtomicBoolean();
    CompletableFuture<Boolean> task =
        CompletableFuture.supplyAsync(
            () -> databases.drained(identity, grace(20_000, 0), () -> !ran.getAndSet(true)).get(),
            threads);
    CompletableFuture<Boolean> newcomer =
        CompletableFuture.supplyAsync(
            () -> {
              pause();
              awaitDraining();
              try (OpenDatabases.Borrowed borrowed = databases.borrow(identity, Limits.DEFAULT)) {
                return ran.get() && borrowed.database() != user.database();
              }
            },
            threads);
    for (int i = 0; i < 300; i++) {
      assertThat(ran).isFalse();
      pause();
    }

    user.close();

    assertThat(task.join()).isTrue();
    assertThat(newcomer.join()).isTrue();
  }

  // A newcomer that may wait for a moment only is not let in.
  private void awaitDraining() {
    for (int i = 0; i < 100_000; i++) {
      try (OpenDatabases.Borrowed borrowed = databases.borrow(identity, IMPATIENT)) {
        assertThat(borrowed.database()).isNotNull();
      } catch (BurgageException e) {
        return;
      }
    }
    throw new AssertionError("nobody is kept out");
  }

  @Test
  void whoUsesItForLongerThanTheGraceKeepsIt() {
    try (OpenDatabases.Borrowed user = databases.borrow(identity, Limits.DEFAULT)) {
      assertThat(databases.drained(identity, grace(5, 5), () -> true)).isEmpty();
      try (OpenDatabases.Borrowed other = databases.borrow(identity, IMPATIENT)) {
        assertThat(other.database()).isSameAs(user.database());
      }
    }
  }

  @Test
  void twoDrainedTasksRunOneAfterTheOther() {
    var inside = new AtomicBoolean();
    var tasks =
        Stream.generate(() ->
                CompletableFuture.supplyAsync(
                    () ->
                        databases.drained(
                            identity,
                            grace(5_000, 5_000),
                            () -> {
                              assertThat(inside.getAndSet(true)).isFalse();
                              pause();
                              return inside.getAndSet(false);
                            }),
                    threads))
            .limit(8)
            .toList();
    assertThat(tasks).allSatisfy(task -> assertThat(task.join()).contains(true));
    assertThat(databases.openCount()).isZero();
    databases.borrow(identity, Limits.DEFAULT).close();
  }

  private boolean ask(Limits limits) {
    return CompletableFuture.supplyAsync(
            () -> {
              try (OpenDatabases.Borrowed borrowed = databases.borrow(identity, limits)) {
                return borrowed.database() != null;
              }
            })
        .join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
