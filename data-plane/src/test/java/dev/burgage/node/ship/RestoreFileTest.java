package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.store.FolderStore;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Moment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreFileTest {
  private static final Moment LATER = new Moment.AtTime(Instant.parse("2100-01-01T00:00:00Z"));

  @TempDir private Path folder = Path.of("");
  private String said = "";

  private int restore(DatabaseId database, Moment to) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (FolderStore store = new FolderStore(folder.resolve("objects"))) {
      int status =
          RestoreFile.run(
              store,
              Cell.LAYOUT,
              Guard.of("enforced", folder),
              database,
              to,
              target(),
              new PrintStream(out, true, StandardCharsets.UTF_8));
      said = out.toString(StandardCharsets.UTF_8);
      return status;
    }
  }

  private Path target() {
    return folder.resolve("acme.db");
  }

  @Test
  void aFileIsMadeOfTheStoreAloneAndNeverWrittenOver() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      cell.commits(new Random(3), 20);
      cell.ship();

      assertThat(restore(tenant.id(), LATER)).as(said).isEqualTo(RestoreFile.DONE);
      assertThat(said).contains("acme.db is database " + tenant.id(), "as of bookmark");
      assertThat(target()).isNotEmptyFile();

      assertThat(restore(tenant.id(), LATER)).isEqualTo(RestoreFile.FAILED);
      assertThat(said).contains("is there already");
    }
  }

  @Test
  void whatIsDamagedIsNamedAndLeavesNoFile() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      cell.commits(new Random(3), 20);
      cell.ship();
      String slice =
          cell.keys(Cell.LAYOUT.root() + "/").stream()
              .filter(key -> key.contains("/l0/"))
              .findFirst()
              .orElseThrow();
      Path object = cell.objects.resolve(slice);
      byte[] bytes = Files.readAllBytes(object);
      bytes[bytes.length / 3] ^= 1;
      Files.write(object, bytes);

      assertThat(restore(tenant.id(), LATER)).isEqualTo(RestoreFile.FAILED);
      assertThat(said).contains(slice);
      assertThat(target()).doesNotExist();
    }
  }

  @Test
  void aDatabaseThatTheStoreDoesNotHaveIsSaid() throws Exception {
    try (Cell cell = new Cell(folder)) {
      cell.tenant(1);
      assertThat(restore(new DatabaseId(new UUID(7, 7)), LATER)).isEqualTo(RestoreFile.FAILED);
      assertThat(said).contains("the store has no database");
      assertThat(target()).doesNotExist();
    }
  }
}
