package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Objects that are not what was written.
class DamageTest {
  @TempDir Path folder;

  private static List<Path> files(Path objects) throws IOException {
    try (Stream<Path> files = Files.walk(objects)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  // Slices of all levels, bases, homes and a template.
  private Cell cell(Random random) throws Exception {
    Cell cell = new Cell(folder);
    for (int i = 0; i < 3; i++) {
      cell.tenant(i);
    }
    for (int day = 0; day < 4; day++) {
      cell.commits(random, 25);
      cell.tenants.get(1).bigTransaction(200);
      cell.ship();
      cell.clock.advance(Duration.ofDays(1));
      cell.compact();
    }
    cell.commits(random, 9);
    cell.ship();
    return cell;
  }

  @Test
  void oneByteFlippedAnywhereIsFoundAndNamedByTheCheck() throws Exception {
    Random random = new Random(21);
    try (Cell cell = cell(random)) {
      assertThat(StoreCheck.of(cell.store, Cell.LAYOUT).findings()).isEmpty();
      List<Path> files = files(cell.objects);
      int flipped = 0;
      for (Path file : files) {
        int size = (int) Files.size(file);
        for (int i = 0; i < 6 && size > 0; i++) {
          int at = i == 0 ? 0 : i == 1 ? size - 1 : random.nextInt(size);
          flip(file, at);
          String key = cell.objects.relativize(file).toString();
          assertThat(StoreCheck.of(cell.store, Cell.LAYOUT).findings())
              .as("byte %d of %s", at, key)
              .hasSize(1)
              .allMatch(finding -> finding.contains(keyOrFolder(key)));
          flip(file, at);
          flipped++;
        }
      }
      assertThat(flipped).isGreaterThan(60);
    }
  }

  private static String keyOrFolder(String key) {
    return key.contains("/templates/") ? key.substring(0, key.lastIndexOf('/')) : key;
  }

  @Test
  void aRestoreNeverGivesOutDamagedBytes() throws Exception {
    Random random = new Random(22);
    try (Cell cell = cell(random)) {
      int refused = 0;
      List<Path> files = new ArrayList<>(files(cell.objects));
      for (Path file : files) {
        int size = (int) Files.size(file);
        for (int i = 0; i < 3 && size > 0; i++) {
          int at = random.nextInt(size);
          flip(file, at);
          for (Tenant tenant : cell.tenants) {
            refused += restoresRightOrNot(cell, tenant) ? 0 : 1;
          }
          flip(file, at);
        }
      }
      assertThat(refused).isGreaterThan(20);
      cell.requireWindow();
    }
  }

  // The bytes are compared where a file comes out.
  private static boolean restoresRightOrNot(Cell cell, Tenant tenant) {
    try {
      return cell.restore(tenant, tenant.newest(), null) instanceof RestoreOutcome.Restored;
    } catch (UncheckedIOException e) {
      assertThat(e.getCause()).isInstanceOf(ObjectDamagedException.class);
      return false;
    }
  }

  @Test
  void aMissingSliceIsNamed() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      for (int i = 0; i < 5; i++) {
        tenant.execute("insert into t0(a) values(1)");
        tenant.record();
        cell.ship();
      }
      Tenant.State before = tenant.state(2);
      Slice third =
          new LogObjects(cell.store, Cell.LAYOUT)
              .list(Cell.LOG, LogObjects.NOWHERE)
              .slices()
              .get(2);
      cell.store.delete(List.of(third.object().key()));
      assertThatThrownBy(() -> cell.restore(tenant, tenant.newest(), null))
          .hasRootCauseInstanceOf(ObjectDamagedException.class)
          .hasMessageContaining(Layout.text(third.from()))
          .hasMessageContaining("is missing");
      assertThat(cell.restore(tenant, before, null)).isInstanceOf(RestoreOutcome.Restored.class);
    }
  }

  @Test
  void anObjectUnderAnothersNameIsNotTakenForIt() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      for (int i = 0; i < 4; i++) {
        tenant.execute("insert into t0(a) values(" + i + ")");
        tenant.record();
        cell.ship();
      }
      List<Slice> slices =
          new LogObjects(cell.store, Cell.LAYOUT).list(Cell.LOG, LogObjects.NOWHERE).slices();
      Path one = cell.objects.resolve(slices.get(2).object().key());
      Path two = cell.objects.resolve(slices.get(3).object().key());
      Files.copy(one, two, StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> cell.restore(tenant, tenant.newest(), null))
          .hasMessageContaining("was written as object");
    }
  }

  @Test
  void damageIsNotMergedAndWhatIsWellGoesOn() throws Exception {
    Random random = new Random(23);
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      for (int i = 0; i < 30; i++) {
        tenant.randomTransaction(random);
        cell.ship();
        cell.clock.advance(Duration.ofSeconds(11));
      }
      LogObjects objects = new LogObjects(cell.store, Cell.LAYOUT);
      Slice bad = objects.list(Cell.LOG, LogObjects.NOWHERE).slices().get(9);
      flip(cell.objects.resolve(bad.object().key()), 100);
      cell.clock.advance(Duration.ofMinutes(2));
      Compactor compactor = cell.compactor();
      while (compactor.compact(Cell.LOG)) {
        // until nothing is due
      }
      assertThat(compactor.damage()).contains(bad.object().key());
      LogObjects.Found after = objects.list(Cell.LOG, LogObjects.NOWHERE);
      assertThat(after.slices()).contains(bad).anyMatch(slice -> slice.level() == 1);
      Tenant.State before = tenant.states().headMap(8L, true).lastEntry().getValue();
      assertThat(cell.restore(tenant, before, null)).isInstanceOf(RestoreOutcome.Restored.class);
    }
  }
}
