package dev.burgage.node.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
  private static final String BOMB = "SELECT 'bomb'";
  private static final Duration LONG = Death.SUSPICIOUS;
  private static final Duration SHORT = LONG.minusMillis(1);

  @TempDir Path folder;
  private final Ticked clock = new Ticked();
  private final DatabaseId mallory = new DatabaseId(UUID.randomUUID());
  private final DatabaseId alice = new DatabaseId(UUID.randomUUID());

  /// A clock that stands still until it is told otherwise.
  private static final class Ticked extends Clock {
    private Instant now = Instant.parse("2026-11-22T10:00:00Z");

    void tick(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private Quarantine start() throws IOException {
    return Quarantine.open(folder, clock);
  }

  // A process that ends with the file as it is.
  private Evidence process() throws IOException {
    clock.tick(Duration.ofMinutes(1));
    return Evidence.begin(folder, 4, clock);
  }

  private void diesUnder(DatabaseId database, Duration ran) throws IOException {
    Evidence evidence = process();
    evidence.take().running(database, 1, BOMB);
    clock.tick(ran);
    evidence.alive();
  }

  private static void assertQuarantined(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BurgageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUARANTINED))
        .hasMessageContaining(BOMB)
        .hasMessageContaining("release");
  }

  @Test
  void workOfOurOwnIsToldButIsNoStrikeWhenTheNodeIsKilled() throws IOException {
    for (int i = 0; i < 2; i++) {
      Evidence evidence = process();
      Objects.requireNonNull(evidence.takeIfFree()).runningOwn(mallory, 1, "(an export)");
      clock.tick(LONG);
      evidence.alive();
      Death death = Objects.requireNonNull(Death.read(folder));
      assertThat(death.running()).extracting(r -> r.database()).containsExactly(mallory);
      assertThat(death.running().getFirst().sql()).isEqualTo("(an export)");
      assertThat(death.suspects()).isEmpty();
      start().check(mallory);
    }
  }

  @Test
  void theSecondDeathWithinADayQuarantines() throws IOException {
    diesUnder(mallory, LONG);
    start().check(mallory);
    diesUnder(mallory, LONG);
    Quarantine quarantine = start();
    assertQuarantined(() -> quarantine.check(mallory));
    quarantine.check(alice);
    assertThat(quarantine.list()).extracting(q -> q.database()).containsExactly(mallory);
  }

  @Test
  void aStrikeIsForgottenAfterADay() throws IOException {
    diesUnder(mallory, LONG);
    start();
    clock.tick(Duration.ofDays(1));
    diesUnder(mallory, LONG);
    start().check(mallory);
  }

  @Test
  void aQuarantineOutlastsRestartsUntilItIsReleased() throws IOException {
    diesUnder(mallory, LONG);
    start();
    diesUnder(mallory, LONG);
    start();
    process().close();
    clock.tick(Duration.ofDays(30));
    Quarantine quarantine = start();
    assertQuarantined(() -> quarantine.check(mallory));
    quarantine.release(mallory);
    quarantine.check(mallory);
    start().check(mallory);
    diesUnder(mallory, LONG);
    start().check(mallory); // it begins anew
  }

  @Test
  void aShortStatementIsNoSuspectWhenTheProcessWasKilled() throws IOException {
    for (int i = 0; i < 5; i++) {
      diesUnder(mallory, SHORT);
      start();
    }
    start().check(mallory);
  }

  @Test
  void oneDeathIsOneStrike() throws IOException {
    diesUnder(mallory, LONG);
    start(); // and dies before it begins evidence of its own
    start();
    start().check(mallory);
  }

  @Test
  void aProcessThatStopsLeavesNothing() throws IOException {
    for (int i = 0; i < 3; i++) {
      Evidence evidence = process();
      evidence.take().running(mallory, 1, BOMB);
      clock.tick(LONG);
      evidence.alive();
      evidence.stopping(); // and is killed, because that took too long
      start();
    }
    start().check(mallory);
  }

  @Test
  void whatHasEndedIsNoSuspect() throws IOException {
    Evidence evidence = process();
    Evidence.Mark mark = evidence.take();
    mark.running(mallory, 1, BOMB);
    mark.leave();
    evidence.take().running(alice, 7, "SELECT 'ä' -- " + "x".repeat(10_000));
    clock.tick(LONG);
    evidence.alive();
    Death death = Objects.requireNonNull(Death.read(folder));
    assertThat(death.running()).hasSize(1);
    Death.Running left = death.running().getFirst();
    assertThat(left.database()).isEqualTo(alice);
    assertThat(left.generation()).isEqualTo(7);
    assertThat(left.sql()).startsWith("SELECT 'ä' -- xxx").hasSize(Evidence.SQL_CHARACTERS_MAX);
    assertThat(death.ran(left)).isEqualTo(LONG);
  }

  @Test
  void ofACrashOnlyTheStatementOnTheThreadThatCrashedIsASuspect() throws IOException {
    clock.tick(Duration.ofDays(-365)); // the log is newer than the process
    Evidence evidence = process();
    evidence.take().running(mallory, 1, BOMB);
    Thread other = Thread.ofPlatform().start(() -> evidence.take().running(alice, 1, BOMB));
    join(other);
    Files.writeString(
        folder.resolve("crash-%d.log".formatted(ProcessHandle.current().pid())),
        """
        #
        # A fatal error has been detected by the Java Runtime Environment:
        Current thread (0x00007f1c):  JavaThread "writer-1" daemon [_thread_in_native, id=%d, stack(0x0)]
        """
            .formatted(NativeThread.id()));
    assertThat(NativeThread.id()).isNotEqualTo(NativeThread.UNKNOWN);
    assertThat(Objects.requireNonNull(Death.read(folder)).suspects())
        .extracting(Death.Running::database)
        .containsExactly(mallory);
  }

  @Test
  void whenTheProcessEndedItselfOnlyTheStatementThatItBlamesIsStruck() throws IOException {
    for (int i = 0; i < 2; i++) {
      Evidence evidence = process();
      evidence.take().running(alice, 1, "SELECT 'slow, and innocent'");
      Evidence.Mark stubborn = evidence.take();
      stubborn.running(mallory, 1, BOMB);
      clock.tick(LONG);
      evidence.alive();
      stubborn.blame();
      start();
    }
    Quarantine quarantine = start();
    assertQuarantined(() -> quarantine.check(mallory));
    quarantine.check(alice);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aHalfBegunFileIsNoEvidence() throws IOException {
    Files.write(folder.resolve(Evidence.FILE), new byte[100]);
    assertThat(start().list()).isEmpty();
    Files.write(folder.resolve(Evidence.FILE), new byte[5_000]);
    assertThat(start().list()).isEmpty();
  }

  @Test
  void aStrikeFileThatIsNoneStopsTheNode() throws IOException {
    Files.writeString(folder.resolve("strikes.json"), "{");
    assertThatThrownBy(this::start).isInstanceOf(IOException.class).hasMessageContaining("strikes");
  }
}
