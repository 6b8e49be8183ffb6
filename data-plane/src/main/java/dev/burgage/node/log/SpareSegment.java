package dev.burgage.node.log;

import dev.burgage.node.files.Durable;
import dev.burgage.node.log.LogDisk.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The next segment, made in the background and full of zeros that are on the disk: a record then
/// takes the place of bytes that the file has, so that its fsync need not wait for the file
/// system's journal too, and the disk cannot be found full in the middle of a record. Until
/// somebody waits for it, it is made in stretches, so that no fsync of the log has to wait for all
/// of it. Thread-safe.
final class SpareSegment implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpareSegment.class);
  private static final int ZEROS_BYTES = 1024 * 1024;
  private static final int STRETCH_BYTES = 4 * ZEROS_BYTES;
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final Path folder;
  private final LogDisk disk;
  private final LogSettings settings;
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("log-segments").daemon().factory());
  private long number;
  private boolean making;
  private boolean wanted;
  private @Nullable Path ready;
  private @Nullable IOException failure;
  private long failedNanos;

  SpareSegment(Path folder, LogDisk disk, LogSettings settings) {
    this.folder = folder;
    this.disk = disk;
    this.settings = settings;
  }

  /// Begins to make the segment of this number.
  synchronized void make(long number) {
    this.number = number;
    ready = null;
    failure = null;
    start();
  }

  private void start() {
    making = true;
    wanted = false;
    long next = number;
    background.execute(() -> make(folder.resolve(SegmentHeader.fileName(next))));
  }

  private void make(Path file) {
    try {
      fill(file);
      made(file);
    } catch (IOException | RuntimeException | Error e) {
      IOException cause = e instanceof IOException io ? io : new IOException(e);
      remove(file);
      failed(cause);
    }
  }

  private synchronized void made(Path file) {
    if (failure != null) {
      LOG.info("There is room again for the log's next segment");
    }
    ready = file;
    failure = null;
    making = false;
    notifyAll();
  }

  private synchronized void failed(IOException cause) {
    if (failure == null) {
      LOG.error("The log's next segment cannot be made; it is tried again", cause);
    }
    failure = cause;
    failedNanos = System.nanoTime();
    making = false;
    notifyAll();
  }

  private void fill(Path file) throws IOException {
    long usable = disk.usableBytes(folder);
    if (usable < settings.segmentBytes() + settings.diskReserveBytes()) {
      throw new LogFullException(
          "the disk of %s has %d bytes left; a segment of %d bytes and a reserve of %d are needed"
              .formatted(folder, usable, settings.segmentBytes(), settings.diskReserveBytes()));
    }
    ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
    try (LogFile segment = disk.open(file)) {
      long busyNanos = 0;
      for (long at = 0; at < settings.segmentBytes(); at += STRETCH_BYTES) {
        rest(busyNanos);
        long to = Math.min(at + STRETCH_BYTES, settings.segmentBytes());
        busyNanos = fill(segment, at, to, zeros);
      }
    }
    Durable.syncFolder(folder);
  }

  /// Answers for how long the disk was busy with it.
  private static long fill(LogFile segment, long from, long to, ByteBuffer zeros)
      throws IOException {
    for (long at = from; at < to; at += ZEROS_BYTES) {
      zeros.clear().limit((int) Math.min(ZEROS_BYTES, to - at));
      segment.write(zeros, at);
    }
    long start = System.nanoTime();
    segment.force();
    return System.nanoTime() - start;
  }

  private synchronized void rest(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !wanted; left = until - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("A half-made segment stays until the next start", e);
    }
  }

  /// Waits until the segment is made; tries once more if it could not be.
  Path take() throws LogFullException {
    boolean interrupted = false;
    try {
      synchronized (this) {
        if (!making && ready == null) {
          start();
        }
        wanted = making;
        notifyAll();
        while (making) {
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        Path taken = ready;
        if (taken == null) {
          throw full();
        }
        return taken;
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private LogFullException full() {
    IOException cause = failure;
    return cause == null
        ? new LogFullException("the log's next segment is not made yet")
        : new LogFullException("the log is full: " + cause.getMessage(), cause);
  }

  /// Bytes that can be relied on. Begins another attempt if the last one failed a while ago.
  synchronized long room() {
    if (ready != null || making) {
      return settings.segmentBytes();
    }
    if (System.nanoTime() - failedNanos > RETRY_NANOS) {
      start();
    }
    return 0;
  }

  /// Bytes of the disk that more segments may take.
  long usableBytes() throws IOException {
    return Math.max(0, disk.usableBytes(folder) - settings.diskReserveBytes());
  }

  synchronized @Nullable String failure() {
    return failure == null ? null : failure.getMessage();
  }

  @Override
  public void close() {
    synchronized (this) {
      wanted = true;
      notifyAll();
    }
    background.close();
  }
}
