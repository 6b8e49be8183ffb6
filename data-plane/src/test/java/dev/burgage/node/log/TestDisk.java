package dev.burgage.node.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// A disk that can be full, fail, be slow, and lose in a power cut whatever was not synced, sector
/// by sector. Thread-safe.
public final class TestDisk implements LogDisk {
  private static final int SECTOR_BYTES = 512;

  private final Object lock = new Object();
  private final List<Lost> unsynced = new ArrayList<>();
  private long usableBytes = Long.MAX_VALUE;
  private boolean refusesForce;
  private boolean refusesWrite;
  private boolean isDead;
  private long forces;
  private long unsyncedBytes;
  private long mostUnsyncedBytes;
  private long cutAtForce;
  private @Nullable Random cut;
  private final Semaphore held = new Semaphore(Integer.MAX_VALUE / 2);

  // What a file had before a write that is not synced.
  private record Lost(Path file, long at, byte[] before) {}

  public void setUsableBytes(long bytes) {
    synchronized (lock) {
      usableBytes = bytes;
    }
  }

  public void refuseForce(boolean refuses) {
    synchronized (lock) {
      refusesForce = refuses;
    }
  }

  public void refuseWrite(boolean refuses) {
    synchronized (lock) {
      refusesWrite = refuses;
    }
  }

  /// Cuts the power in the sync of that number, counted from now.
  public void cutAtForce(long number, Random random) {
    synchronized (lock) {
      cutAtForce = forces + number;
      cut = random;
    }
  }

  /// Bytes that were written since the last sync.
  public long unsyncedBytes() {
    synchronized (lock) {
      return unsyncedBytes;
    }
  }

  /// The most that a sync has had to wait for.
  public long mostUnsyncedBytes() {
    synchronized (lock) {
      return mostUnsyncedBytes;
    }
  }

  public void holdForces() {
    held.drainPermits();
  }

  public void releaseForces() {
    held.release(Integer.MAX_VALUE / 2);
  }

  public boolean isForceHeld() {
    return held.hasQueuedThreads();
  }

  private void loseSome(Random random) throws IOException {
    for (int i = unsynced.size() - 1; i >= 0; i--) {
      Lost lost = unsynced.get(i);
      try (var file = new RandomAccessFile(lost.file().toFile(), "rw")) {
        for (int at = 0; at < lost.before().length; at += SECTOR_BYTES) {
          if (random.nextBoolean()) {
            file.seek(lost.at() + at);
            file.write(lost.before(), at, Math.min(SECTOR_BYTES, lost.before().length - at));
          }
        }
      }
    }
    unsynced.clear();
  }

  @Override
  public LogFile open(Path path) throws IOException {
    LogFile real = LogDisk.real().open(path);
    return new LogFile() {
      @Override
      public void write(ByteBuffer bytes, long at) throws IOException {
        synchronized (lock) {
          requireAlive();
          if (refusesWrite) {
            throw new IOException("No space left on device");
          }
          keep(bytes.remaining(), at);
          unsyncedBytes += bytes.remaining();
          mostUnsyncedBytes = Math.max(mostUnsyncedBytes, unsyncedBytes);
          real.write(bytes, at);
        }
      }

      private void keep(int length, long at) throws IOException {
        if (cut == null) {
          return;
        }
        byte[] before = new byte[length];
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
          file.seek(at);
          file.read(before);
        }
        unsynced.add(new Lost(path, at, before));
      }

      @Override
      public void force() throws IOException {
        held.acquireUninterruptibly();
        held.release();
        synchronized (lock) {
          requireAlive();
          forces++;
          Random random = cut;
          if (random != null && forces == cutAtForce) {
            isDead = true;
            loseSome(random);
            throw new IOException("the power is cut");
          }
          if (refusesForce) {
            throw new IOException("Input/output error");
          }
          unsyncedBytes = 0;
          unsynced.removeIf(lost -> lost.file().equals(path));
        }
      }

      @Override
      public void truncate(long size) throws IOException {
        synchronized (lock) {
          requireAlive();
          real.truncate(size);
        }
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  private void requireAlive() throws IOException {
    if (isDead) {
      throw new IOException("the power is cut");
    }
  }

  @Override
  public long usableBytes(Path folder) {
    synchronized (lock) {
      return usableBytes;
    }
  }
}
