package dev.burgage.node.rebuild;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One SQLite file as SQL, while a process of its own reads it. It ends only if that process has
/// ended well; else reading it throws. What it says is as little to be trusted as the file. For one
/// thread; its watch is another.
public final class Rebuild extends InputStream {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final long MEGABYTE = 1024 * 1024;

  private final Path folder;
  private final ReaderProcess reader;
  private final Bounds bounds;
  private final long outputBytesMax;
  private final InputStream in;
  private final AtomicReference<@Nullable String> killedBecause = new AtomicReference<>();
  private final byte[] first = new byte[1];
  private boolean firstIsThere;
  private volatile long bytes; // written by the reading thread only
  private volatile long waitingSince; // 0: it is not waited for

  Rebuild(Path folder, ReaderProcess reader, Bounds bounds, long outputBytesMax) {
    this.folder = folder;
    this.reader = reader;
    this.bounds = bounds;
    this.outputBytesMax = outputBytesMax;
    this.in = reader.process().getInputStream();
    Thread.ofVirtual().name("rebuild-watch").start(this::watch);
  }

  private void watch() {
    while (reader.process().isAlive()) {
      long since = waitingSince;
      Duration most = bytes == 0 ? bounds.silentAtFirst() : bounds.silent();
      if (since != 0 && System.nanoTime() - since > most.toNanos()) {
        kill("it said nothing for " + most.toSeconds() + " s");
      }
      long memory = reader.memoryBytes();
      if (memory > bounds.memoryBytes()) {
        kill("it took %d MB of memory".formatted(memory / MEGABYTE));
      }
      try {
        Thread.sleep(LOOK_EVERY);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void kill(String because) {
    killedBecause.compareAndSet(null, because);
    reader.process().destroyForcibly();
  }

  /// Blocks until the process has begun to write, or has failed.
  void awaitFirst() throws IOException {
    try {
      firstIsThere = read(first, 0, 1) == 1;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (firstIsThere && length > 0) {
      firstIsThere = false;
      target[offset] = first[0];
      return 1;
    }
    waitingSince = System.nanoTime();
    int read;
    try {
      read = in.read(target, offset, length);
    } finally {
      waitingSince = 0;
    }
    if (read < 0) {
      requireGoodEnd();
    }
    long total = bytes + Math.max(read, 0);
    bytes = total;
    if (total > outputBytesMax) {
      kill("its content is more than %d MB of SQL".formatted(outputBytesMax / MEGABYTE));
      requireGoodEnd();
    }
    return read;
  }

  private void requireGoodEnd() {
    String failure;
    try {
      failure = reader.failure();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = "the node is stopping";
    }
    String killed = killedBecause.get();
    if (failure != null || killed != null) {
      throw new BurgageException(
          ErrorCode.SQL_ERROR,
          "The SQLite file cannot be imported: " + (killed != null ? killed : failure));
    }
  }

  /// Ends the process and removes its folder.
  @Override
  public void close() throws IOException {
    reader.kill();
    in.close();
    Rebuilds.delete(folder);
  }
}
