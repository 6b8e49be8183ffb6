package dev.burgage.node.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/// What a power cut takes of a write-ahead log for which nobody has waited since its checkpoint:
/// its end, some of its sectors, or nothing.
public final class LostSectors {
  private static final int SECTOR_BYTES = 512;

  private LostSectors() {}

  public static void of(Path wal, Random random) throws IOException {
    if (!Files.exists(wal) || Files.size(wal) == 0) {
      return;
    }
    try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.WRITE)) {
      long size = channel.size();
      switch (random.nextInt(3)) {
        case 0 -> channel.truncate(random.nextLong(size));
        case 1 -> {
          for (int i = 0; i < 5; i++) {
            long at = random.nextLong(size) / SECTOR_BYTES * SECTOR_BYTES;
            channel.write(ByteBuffer.allocate((int) Math.min(SECTOR_BYTES, size - at)), at);
          }
        }
        default -> {
          // all of it was written in time
        }
      }
    }
  }
}
