package dev.burgage.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.ship.StoreCheck;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Backup.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final BackupSettings SETTINGS =
      new BackupSettings(HOUR, Duration.ofDays(2), Duration.ofDays(30), Duration.ZERO, 3, 0);

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private BackupCell cell;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  @BeforeEach
  void start() throws Exception {
    cell = new BackupCell(folder, SETTINGS);
    acme = cell.provision("acme");
  }

  @AfterEach
  void stop() throws IOException {
    cell.close();
  }

  @Test
  void whatChangesIsBackedUpOnceAnHourAndWhatDoesNotIsNot() throws IOException {
    cell.insert(acme);
    cell.pass(HOUR);
    assertThat(cell.backups(acme)).hasSize(1);

    cell.pass(HOUR.multipliedBy(3));
    assertThat(cell.backups(acme)).hasSize(1);

    for (int i = 0; i < 5; i++) {
      cell.insert(acme);
      cell.pass(HOUR);
    }
    assertThat(cell.backups(acme)).hasSize(6);
    assertThat(cell.backups(acme)).allMatch(backup -> backup.origin() == Origin.SCHEDULED);
    assertThat(cell.room.madeCount()).isEqualTo(6);
    assertThat(cell.making()).isEmpty();
  }

  @Test
  void aTenantThatHasOnlyItsTemplateIsNotBackedUp() throws IOException {
    try (var borrowed = cell.databases.borrow(acme)) {
      assertThat(borrowed.database().bookmarkText()).isNotEmpty();
    }
    Binding unopened = cell.provision("globex");

    cell.pass(HOUR.multipliedBy(2));

    assertThat(cell.backups(unopened)).isEmpty();
  }

  @Test
  void aDatabaseAtRestCostsTheStoreNothing() throws IOException {
    cell.insert(acme);
    cell.pass(HOUR.multipliedBy(2));
    int before = cell.store.calls();

    cell.pass(HOUR.multipliedBy(4));

    assertThat(cell.store.calls()).isEqualTo(before);
  }

  @Test
  void aCheckpointIsNoChange() throws IOException {
    cell.insert(acme);
    cell.pass(HOUR);
    DatabaseIdentity identity = new DatabaseIdentity(acme.database(), acme.generation());
    try (var borrowed = cell.databases.borrow(acme)) {
      assertThat(borrowed.database().checkpoint()).isTrue();
    }
    assertThat(cell.databases.whileOpen(identity, SqliteDatabase::checkpoint)).contains(true);

    cell.pass(HOUR.multipliedBy(2));

    assertThat(cell.backups(acme)).hasSize(1);
  }

  @Test
  void whatWasDoneAndWhatIsDueOutlastsAStart() throws IOException {
    cell.insert(acme);
    cell.pass(HOUR);
    Binding globex = cell.provision("globex");
    cell.insert(globex);
    cell.room.round();

    cell.restart();

    cell.pass(HOUR);
    assertThat(cell.backups(acme)).hasSize(1);
    assertThat(cell.backups(globex)).hasSize(1);
    assertThat(cell.room.madeCount()).isEqualTo(1);
  }

  @Test
  void aDatabaseThatSleepsIsNotUsedByIt() throws Exception {
    cell.insert(acme);
    DatabaseIdentity identity = new DatabaseIdentity(acme.database(), acme.generation());
    assertThat(cell.databases.closeNow(identity, Duration.ofSeconds(5))).isTrue();
    assertThat(cell.files.setLastUsed(acme.database(), 1, 1_700_000_000_000L)).isTrue();

    cell.pass(HOUR);

    assertThat(cell.backups(acme)).hasSize(1);
    assertThat(cell.databases.isOpen(identity)).isFalse();
    assertThat(cell.files.lastUsedMillis(acme.database(), 1)).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void databasesAreSpreadOverTheHour() throws IOException {
    try (Ledger ledger = new Ledger(folder.resolve("other"))) {
      Changes changes = new Changes(BackupCell.SELF, cell.table, cell.log(), ledger, HOUR);
      Map<Long, Integer> minutes = new HashMap<>();
      long now = Instant.parse("2026-11-22T10:20:30Z").getEpochSecond();
      for (int i = 0; i < 6_000; i++) {
        DatabaseId database = new DatabaseId(UUID.randomUUID());
        long moment = changes.moment(database, now);
        assertThat(moment).isBetween(now + 1, now + 3_600);
        assertThat(changes.moment(database, moment)).isEqualTo(moment + 3_600);
        minutes.merge((moment - now) / 60, 1, Integer::sum);
      }
      assertThat(minutes.values()).allMatch(count -> count < 200);
    }
  }

  @Test
  void aStoreThatIsAwayIsLeftAloneAndThenEverythingIsMadeUpFor() throws IOException {
    Binding globex = cell.provision("globex");
    cell.insert(acme);
    cell.insert(globex);
    cell.store.away(_ -> true);

    cell.pass(HOUR.multipliedBy(2));

    assertThat(cell.room.storeFailure()).contains("no answer");
    assertThat(cell.room.waitingCount()).isPositive();
    assertThat(cell.room.failedCount()).isPositive();
    assertThat(cell.making()).isEmpty();
    cell.insert(acme);
    cell.store.away(_ -> false);
    cell.pass(Duration.ofMinutes(10));

    assertThat(cell.room.storeFailure()).isNull();
    assertThat(cell.room.waitingCount()).isZero();
    assertThat(cell.backups(acme)).hasSize(1);
    assertThat(cell.backups(globex)).hasSize(1);
  }

  @Test
  void anUploadThatBreaksOffLeavesNothing() throws IOException {
    cell.insert(acme);
    cell.store.away(key -> key.contains("/backups/facts/2"));
    cell.pass(HOUR);
    assertThat(cell.objects(acme, "files")).isNotEmpty();
    assertThat(cell.objects(acme, "facts")).isEmpty();

    cell.restart(); // the process died, say
    assertThat(cell.making()).isNotEmpty();
    cell.store.away(_ -> false);
    cell.pass(HOUR);

    assertThat(cell.making()).isEmpty();
    assertThat(cell.backups(acme)).hasSize(1);
    assertThat(cell.objects(acme, "files")).hasSize(1);
  }

  @Test
  void whatAProcessThatWasKilledHasWholeInTheStoreStays() throws IOException {
    cell.insert(acme);
    Backup made = cell.room.backups().make(acme);
    String name = cell.objects(acme, "facts").getFirst().getFileName().toString();
    Path left = folder.resolve("backups/making").resolve(acme.database() + "_" + name);
    Files.createDirectories(left);
    Files.write(left.resolve("file"), new byte[10]);

    cell.restart();
    assertThat(left.resolve("file")).doesNotExist();
    cell.pass(Duration.ZERO); // its moment in the hour may be any, but not this one

    assertThat(cell.backups(acme)).containsExactly(made);
    assertThat(cell.making()).isEmpty();
  }

  @Test
  void theCheckOfAStoreReadsEachBackup() throws Exception {
    cell.insert(acme);
    var _ = cell.room.backups().make(acme);
    Binding globex = cell.provision("globex");
    cell.insert(globex);
    var _ = cell.room.backups().make(globex);
    cell.shipped();
    assertThat(StoreCheck.of(cell.store, cell.layout, new BackupCheck()).findings()).isEmpty();

    Path part = cell.objects(globex, "files").getFirst();
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length - 1] ^= 1;
    Files.write(part, bytes);

    assertThat(StoreCheck.of(cell.store, cell.layout, new BackupCheck()).findings())
        .singleElement()
        .asString()
        .contains(globex.database().toString(), "/backups/files/");
  }

  @Test
  void aDatabaseThatCannotBeBackedUpIsTriedAgainAndSaysWhy() throws Exception {
    cell.close();
    cell =
        new BackupCell(
            Files.createDirectories(folder.resolve("full")),
            new BackupSettings(
                HOUR, Duration.ofDays(2), Duration.ofDays(30), Duration.ZERO, 3, 1L << 60));
    acme = cell.provision("acme");
    cell.insert(acme);

    cell.pass(HOUR.multipliedBy(3));

    Backup.Failure failure =
        Objects.requireNonNull(cell.room.backups().list(acme, "", 10).failure());
    assertThat(failure.message()).contains("The node has room for 0 bytes");
    assertThat(failure.attempts()).isBetween(3, 10);
    assertThat(cell.room.failingCount()).isEqualTo(1);
    assertThat(cell.room.storeFailure()).isNull();
    assertThat(cell.making()).isEmpty();
    cell.insert(acme); // nobody else is held up
  }

  @Test
  void backupsGoWhenTheyHaveHadTheirTimeAndTheNewestStays() throws IOException {
    Backup asked = cell.room.backups().make(acme);
    for (int hour = 0; hour < 60; hour++) {
      cell.insert(acme);
      cell.clock.advance(HOUR);
      cell.room.round();
      cell.clock.advance(HOUR);
      cell.room.round();
    }
    List<Backup> kept = cell.backups(acme);
    assertThat(kept).contains(asked);
    Instant everyOne = cell.clock.instant().minus(Duration.ofHours(49));
    assertThat(kept.stream().filter(b -> b.createdAt().isBefore(everyOne)).count())
        .isLessThanOrEqualTo(5); // one a day, and the one that was asked for
    assertThat(kept.stream().filter(b -> b.createdAt().isAfter(everyOne)).count())
        .isGreaterThanOrEqualTo(23);

    for (int day = 0; day < 40; day++) {
      cell.clock.advance(Duration.ofDays(1));
      cell.room.round();
    }

    assertThat(cell.backups(acme)).containsExactly(kept.getFirst());
    assertThat(cell.objects(acme, "files")).hasSize(1);
  }

  @Test
  void withoutAnIntervalOnlyWhatIsAskedForIsMade() throws Exception {
    cell.close();
    cell =
        new BackupCell(
            Files.createDirectories(folder.resolve("off")),
            new BackupSettings(
                Duration.ZERO, Duration.ofDays(2), Duration.ofDays(30), Duration.ZERO, 3, 0));
    acme = cell.provision("acme");
    cell.insert(acme);

    cell.pass(HOUR.multipliedBy(2));

    assertThat(cell.backups(acme)).isEmpty();
    cell.room.backups().make(acme);
    assertThat(cell.backups(acme)).hasSize(1);
  }
}
