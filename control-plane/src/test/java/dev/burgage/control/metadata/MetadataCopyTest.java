package dev.burgage.control.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MetadataCopyTest {
  private Instant now = Instant.EPOCH;
  private final InstantSource time = () -> now;
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private String rows = "one";
  private boolean away;
  private Runnable duringRead = () -> {};
  private final MetadataCopy<String> copy = new MetadataCopy<>(clock, this::read);

  private String read() {
    if (away) {
      throw new IllegalStateException("PostgreSQL is away");
    }
    String seen = rows;
    duringRead.run();
    return seen;
  }

  @Test
  void isReadAgainAfterASecond() {
    assertThat(copy.get()).isEqualTo("one");
    rows = "two";
    now = now.plusMillis(999);
    assertThat(copy.get()).isEqualTo("one");
    now = now.plusMillis(1);
    assertThat(copy.get()).isEqualTo("two");
  }

  @Test
  void aChangeIsSeenAtOnce() {
    copy.get();
    rows = "two";
    copy.forget();
    assertThat(copy.get()).isEqualTo("two");
  }

  @Test
  void aReadThatMissedAChangeDoesNotStay() {
    duringRead =
        () -> {
          duringRead = () -> {};
          rows = "two";
          copy.forget();
        };
    assertThat(copy.get()).isEqualTo("one");
    assertThat(copy.get()).isEqualTo("two");
  }

  @Test
  void theLastOneServesWhilePostgresqlIsAway() {
    away = true;
    assertThatThrownBy(copy::get).hasMessage("PostgreSQL is away");
    away = false;
    copy.get();
    away = true;
    rows = "two";
    now = now.plusSeconds(60);
    copy.forget();
    assertThat(copy.get()).isEqualTo("one");
    away = false;
    assertThat(copy.get()).isEqualTo("two");
  }
}
