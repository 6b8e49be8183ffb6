package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpareSegmentTest {
  private static final long MIB = 1024 * 1024;
  private static final LogSettings SETTINGS =
      new LogSettings(18 * MIB, 4 * MIB, 0, 0, Packing.PLAIN);

  @TempDir private Path folder = Path.of("");

  @Test
  void noSyncHasToWaitForMoreThanAStretchOfIt() throws Exception {
    var disk = new TestDisk();
    try (var spare = new SpareSegment(folder, disk, SETTINGS)) {
      spare.make(7);
      Path made = spare.take();
      assertThat(Files.size(made)).isEqualTo(18 * MIB);
      assertThat(Files.readAllBytes(made)).containsOnly(0);
      assertThat(disk.mostUnsyncedBytes()).isLessThanOrEqualTo(4 * MIB);
      assertThat(disk.unsyncedBytes()).isZero();
    }
  }
}
