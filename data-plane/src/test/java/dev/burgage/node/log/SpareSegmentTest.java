package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpareSegmentTest {
  private static final long MIB = 1024 * 1024;
  private static final LogSettings SETTINGS =
      new LogSettings(18 * MIB, 4 * MIB, 0, 0, Packing.PLAIN);

  @TempDir private Path folder = Path.of("");

  /// Counts what is written and not synced.
  private static final class CountingDisk implements LogDisk {
    private final AtomicLong unsynced = new AtomicLong();
    private final AtomicLong mostUnsynced = new AtomicLong();

    @Override
    public LogFile open(Path file) throws IOException {
      LogFile real = LogDisk.real().open(file);
      return new LogFile() {
        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
          mostUnsynced.accumulateAndGet(unsynced.addAndGet(bytes.remaining()), Math::max);
          real.write(bytes, at);
        }

        @Override
        public void force() throws IOException {
          real.force();
          unsynced.set(0);
        }

        @Override
        public void truncate(long size) throws IOException {
          real.truncate(size);
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }

    @Override
    public long usableBytes(Path of) {
      return Long.MAX_VALUE;
    }
  }

  @Test
  void noSyncHasToWaitForMoreThanAStretchOfIt() throws Exception {
    var disk = new CountingDisk();
    try (var spare = new SpareSegment(folder, disk, SETTINGS)) {
      spare.make(7);
      Path made = spare.take();
      assertThat(Files.size(made)).isEqualTo(18 * MIB);
      assertThat(Files.readAllBytes(made)).containsOnly(0);
      assertThat(disk.mostUnsynced).hasValueLessThanOrEqualTo(4 * MIB);
      assertThat(disk.unsynced).hasValue(0);
    }
  }
}
