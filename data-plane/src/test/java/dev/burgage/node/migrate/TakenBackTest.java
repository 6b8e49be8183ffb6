package dev.burgage.node.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.error.BurgageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakenBackTest {
  private static final Clock THEN = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @TempDir private Path data = Path.of("");
  private final UUID rollout = UUID.randomUUID();

  @Test
  void onlyWhatWasDecidedBeforeIsLateAlsoAfterAStart() throws IOException {
    TakenBack before = new TakenBack(data, THEN);
    assertThat(before.isLate(rollout, 0)).isFalse();
    before.note(rollout, 5);

    for (TakenBack each : new TakenBack[] {before, new TakenBack(data, THEN)}) {
      assertThatThrownBy(() -> each.check(rollout, 4))
          .isInstanceOf(BurgageException.class)
          .hasMessageContaining(rollout.toString());
      each.check(rollout, 5);
      each.check(UUID.randomUUID(), 0);
    }
  }

  @Test
  void aNumberNeverFalls() throws IOException {
    TakenBack takenBack = new TakenBack(data, THEN);
    takenBack.note(rollout, 5);
    takenBack.note(rollout, 3);
    assertThat(takenBack.isLate(rollout, 4)).isTrue();
    assertThat(new TakenBack(data, THEN).isLate(rollout, 4)).isTrue();
  }

  @Test
  void whatIsLongAgoIsForgottenWithTheNextOne() throws IOException {
    new TakenBack(data, THEN).note(rollout, 5);
    TakenBack later = new TakenBack(data, Clock.offset(THEN, Duration.ofDays(31)));
    UUID next = UUID.randomUUID();
    later.note(next, 1);

    assertThat(later.isLate(rollout, 4)).isFalse();
    assertThat(Files.readAllLines(data.resolve("taken-back"))).hasSize(1);
    assertThat(later.isLate(next, 0)).isTrue();
  }
}
