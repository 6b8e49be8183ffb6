package dev.burgage.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.node.Backup.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:30:00Z");
  private final Retention retention = new Retention(BackupSettings.DEFAULT);

  private static BackupName name(Instant at, Origin origin) {
    return new BackupName(at, 7, origin, UUID.randomUUID());
  }

  private static List<BackupName> hourly(int hours, Instant end) {
    List<BackupName> names = new ArrayList<>();
    for (int i = hours - 1; i >= 0; i--) {
      names.add(name(end.minus(Duration.ofHours(i)), Origin.SCHEDULED));
    }
    return names;
  }

  @Test
  void hourlyOnesStayForTwoDaysAndTheLastOfEachDayForThirty() {
    List<BackupName> names = hourly(40 * 24, NOW);

    List<BackupName> kept = new ArrayList<>(names);
    kept.removeAll(retention.at(NOW, names).expired());

    Instant everyOne = NOW.minus(Duration.ofDays(2));
    assertThat(kept.stream().filter(name -> name.createdAt().isAfter(everyOne))).hasSize(48);
    List<BackupName> daily =
        kept.stream().filter(name -> !name.createdAt().isAfter(everyOne)).toList();
    assertThat(daily).allMatch(name -> name.createdAt().toString().contains("T23:30"));
    assertThat(daily).hasSize(28); // the days before, of which two more have all of theirs
    assertThat(daily.getFirst().createdAt()).isEqualTo("2026-10-23T23:30:00Z");
  }

  @Test
  void theNewestOfASleepingDatabaseStaysHoweverOldItIs() {
    List<BackupName> names = hourly(3, NOW.minus(Duration.ofDays(400)));

    Retention.Due due = retention.at(NOW, names);

    assertThat(due.expired()).containsExactlyInAnyOrderElementsOf(names.subList(0, 2));
    assertThat(due.next()).isEqualTo(Instant.MAX);
  }

  @Test
  void thoseThatWereAskedForStayForAllOfTheTime() {
    List<BackupName> names = new ArrayList<>();
    names.add(name(NOW.minus(Duration.ofDays(31)), Origin.ASKED));
    names.add(name(NOW.minus(Duration.ofDays(10)), Origin.ASKED));
    names.add(name(NOW.minus(Duration.ofDays(10).minusMinutes(1)), Origin.ASKED));
    names.addAll(hourly(1, NOW));

    assertThat(retention.at(NOW, names).expired()).containsExactly(names.getFirst());
  }

  @Test
  void itIsKnownWhenOneWillHaveHadItsTime() {
    List<BackupName> names = hourly(2, NOW);

    Retention.Due due = retention.at(NOW, names);

    assertThat(due.expired()).isEmpty();
    assertThat(due.next()).isEqualTo(names.getFirst().createdAt().plus(Duration.ofDays(2)));
    assertThat(retention.at(due.next(), names).expired()).containsExactly(names.getFirst());
  }

  @Test
  void namesSortByTimeAndComeBackFromTheirTexts() {
    BackupName early = name(Instant.parse("2026-11-22T12:30:00.001Z"), Origin.ASKED);
    BackupName late = name(Instant.parse("2026-11-22T12:30:00.010Z"), Origin.SCHEDULED);

    assertThat(early).isLessThan(late);
    assertThat(BackupName.parse(early.toString())).isEqualTo(early);
    assertThat(BackupName.parse(late.toString())).isEqualTo(late);
    assertThat(BackupName.parse(late + "x")).isNull();
  }
}
