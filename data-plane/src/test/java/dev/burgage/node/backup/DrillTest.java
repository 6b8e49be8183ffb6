package dev.burgage.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Drill;
import dev.burgage.protocol.node.Drill.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private BackupCell cell;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  @BeforeEach
  void start() throws Exception {
    cell =
        new BackupCell(
            folder,
            new BackupSettings(Duration.ZERO, Duration.ofDays(2), Duration.ofDays(30), DAY, 3, 0));
    acme = cell.provision("acme");
    cell.insert(acme);
  }

  @AfterEach
  void stop() throws IOException {
    cell.close();
  }

  private Backup backUp() {
    return cell.room.backups().make(acme);
  }

  private Drill drill() throws InterruptedException {
    cell.shipped();
    return cell.room.drills().now(0).getFirst();
  }

  private static Drill.Point good(Drill drill) {
    return Objects.requireNonNull(drill.lastGood(), drill::toString);
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(file, bytes);
  }

  @Test
  void bothWaysBackAreTried() throws Exception {
    Backup backup = backUp();
    cell.insert(acme);

    Drill drill = drill();

    assertThat(drill.passed()).isTrue();
    assertThat(drill.tenant()).isEqualTo(acme.tenant());
    assertThat(drill.backup().result()).isEqualTo(Result.PASSED);
    assertThat(drill.backup().bookmark()).isEqualTo(backup.bookmark());
    assertThat(drill.log().result()).as(drill.toString()).isEqualTo(Result.PASSED);
    assertThat(drill.log().bookmark()).isGreaterThan(backup.bookmark());
    assertThat(good(drill).bookmark()).isEqualTo(drill.log().bookmark());
    assertThat(cell.making()).isEmpty();
  }

  @Test
  void aDamagedBackupIsNamedWithTheTenantAndTheLastGoodPoint() throws Exception {
    Backup older = backUp();
    cell.clock.advance(Duration.ofMinutes(1));
    cell.insert(acme);
    backUp();
    cell.insert(acme);
    Path part = cell.objects(acme, "files").getLast();
    flip(part);
    cell.shipped();
    cell.objects("nodes").stream()
        .filter(file -> file.toString().contains("/l0/"))
        .forEach(file -> {
          try {
            flip(file);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });

    Drill drill = drill();

    assertThat(drill.passed()).isFalse();
    assertThat(drill.tenant()).isEqualTo(acme.tenant());
    assertThat(drill.backup().result()).isEqualTo(Result.FAILED);
    assertThat(drill.backup().object()).isNotNull();
    assertThat(part.toString()).endsWith(drill.backup().object());
    assertThat(drill.log().result()).isEqualTo(Result.FAILED);
    assertThat(drill.log().object()).contains("/l0/");
    assertThat(good(drill).id()).isEqualTo(older.id().toString());
    assertThat(good(drill).bookmark()).isEqualTo(older.bookmark());
    assertThat(cell.room.drills().failedCount()).isEqualTo(1);
  }

  @Test
  void whatTheFactsDoNotSayIsFound() throws Exception {
    backUp();
    Path facts = cell.objects(acme, "facts").getFirst();
    String name = facts.getFileName().toString();
    BackupName parsed = Objects.requireNonNull(BackupName.parse(name));
    StoredBackup stored = StoredBackup.of(name, Files.readAllBytes(facts));
    Backup is = stored.backup();
    Backup other =
        new Backup(
            is.id(),
            is.createdAt(),
            is.origin(),
            is.database(),
            is.pool(),
            is.tenant(),
            is.node(),
            is.generation(),
            is.bookmark(),
            is.schemaVersion(),
            "0".repeat(64),
            is.tables(),
            is.integrity(),
            is.sizeBytes(),
            is.sha256(),
            is.packedBytes(),
            is.packedSha256());
    new BackupObjects(cell.store, cell.layout)
        .write(new StoredBackup(1, other, stored.partBytes(), stored.parts()), parsed);

    Drill drill = drill();

    assertThat(drill.backup().result()).isEqualTo(Result.FAILED);
    assertThat(drill.backup().detail()).contains("its facts say").contains("0000000");
  }

  @Test
  void aBackupThatSaysOtherThanTheLogIsFound() throws Exception {
    Binding globex = cell.provision("globex");
    cell.insert(globex);
    Backup foreign = cell.room.backups().make(globex);
    Backup own = backUp();
    // The rows of the one under the name and the bookmark of the other, with all sums right.
    Path facts = cell.objects(acme, "facts").getFirst();
    String name = facts.getFileName().toString();
    BackupName parsed = Objects.requireNonNull(BackupName.parse(name));
    StoredBackup stored =
        StoredBackup.of(name, Files.readAllBytes(cell.objects(globex, "facts").getFirst()));
    Backup mixed =
        new Backup(
            own.id(),
            own.createdAt(),
            own.origin(),
            own.database(),
            own.pool(),
            own.tenant(),
            own.node(),
            own.generation(),
            own.bookmark(),
            own.schemaVersion(),
            own.fingerprint(),
            own.tables(),
            own.integrity(),
            foreign.sizeBytes(),
            foreign.sha256(),
            foreign.packedBytes(),
            foreign.packedSha256());
    new BackupObjects(cell.store, cell.layout)
        .write(new StoredBackup(1, mixed, stored.partBytes(), stored.parts()), parsed);
    Files.copy(
        cell.objects(globex, "files").getFirst(),
        cell.objects(acme, "files").getFirst(),
        StandardCopyOption.REPLACE_EXISTING);
    cell.table.apply(new FeedMessage.Removed(globex.pool(), globex.tenant(), 1));

    Drill drill = drill();

    assertThat(drill.backup().result()).isEqualTo(Result.PASSED);
    assertThat(drill.log().result()).isEqualTo(Result.FAILED);
    assertThat(drill.log().detail()).contains("other rows");
  }

  @Test
  void theScheduleDrillsOnceADayAndResultsOutlastAStart() throws Exception {
    backUp();
    cell.shipped();
    cell.pass(DAY.multipliedBy(2));
    List<Drill> drills = cell.room.drills().list();
    assertThat(drills).hasSize(3);
    assertThat(drills.getFirst().at()).isAfter(drills.getLast().at());

    cell.restart();

    assertThat(cell.room.drills().list()).isEqualTo(drills);
    cell.room.round();
    assertThat(cell.room.drills().list()).hasSize(3);
  }

  @Test
  void ofADatabaseThatIsPurgedNothingIsSaidAnyMore() throws Exception {
    backUp();
    assertThat(drill().tenant()).isEqualTo(acme.tenant());

    cell.room.delete(acme.database());

    assertThat(cell.objects(acme, "")).isEmpty();
    assertThat(cell.room.drills().list()).isEmpty();
    assertThat(folder.resolve("backups/drills.json")).content().doesNotContain("acme");
  }

  @Test
  void aStoreThatIsAwayIsNoFailure() throws Exception {
    backUp();
    cell.shipped();
    cell.store.away(_ -> true);

    Drill drill = drill();

    assertThat(drill.passed()).isTrue();
    assertThat(drill.backup().result()).isEqualTo(Result.NOT_RUN);
    assertThat(drill.log().result()).isEqualTo(Result.NOT_RUN);
    assertThat(drill.lastGood()).isNull();
    assertThat(cell.room.drills().passedCount()).isZero();
  }

  @Test
  void rowsAgainstARuleAreTheTenantsAffair() throws Exception {
    cell.sql(acme, "CREATE TABLE c(a CHECK (a > 0))");
    cell.sql(acme, "PRAGMA ignore_check_constraints=ON");
    cell.sql(acme, "INSERT INTO c VALUES (-1)");
    Backup backup = backUp();

    assertThat(backup.integrity())
        .isEqualTo("ok"); // SQLite passes CHECKs over in what it only reads
    assertThat(drill().passed()).isTrue();
    assertThat(Integrity.isDamage("NULL value in t.a")).isFalse();
    assertThat(Integrity.isDamage("row 3 missing from index i")).isTrue();
    assertThat(Integrity.isDamage("*** in database main ***\nPage 3: never used")).isTrue();
  }

  @Test
  void rowsHaveTheSameDigestWhereverTheyLieAndAnotherWhenOneDiffers() throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE w(a TEXT PRIMARY KEY, b) WITHOUT ROWID");
      statement.execute("CREATE TABLE \"odd \"\" name\"(\"from\", g AS (\"from\" + 1))");
      statement.execute("CREATE INDEX i ON \"odd \"\" name\"(\"from\")");
      statement.execute("INSERT INTO w VALUES ('b', 1.5), ('a', x'00'), ('', NULL)");
      for (int i = 0; i < 500; i++) {
        statement.execute("INSERT INTO \"odd \"\" name\" VALUES (" + (i * 7919 % 500) + ")");
      }
      statement.execute("DELETE FROM \"odd \"\" name\" WHERE \"from\" % 3 = 0");
      String before = Contents.of(connection);

      statement.execute("VACUUM");
      assertThat(Contents.of(connection)).isEqualTo(before);

      statement.execute("UPDATE w SET b = 1.25 WHERE a = 'b'");
      assertThat(Contents.of(connection)).isNotEqualTo(before);
      statement.execute("UPDATE w SET b = 1.5 WHERE a = 'b'");
      assertThat(Contents.of(connection)).isEqualTo(before);
      statement.execute("UPDATE w SET b = '' WHERE a = ''");
      assertThat(Contents.of(connection)).isNotEqualTo(before);
    }
  }
}
