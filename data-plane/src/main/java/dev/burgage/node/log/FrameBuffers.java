package dev.burgage.node.log;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Memory into which write-ahead logs are read, lent to one database after the other: thousands are
/// open, and few are written to at the same moment. Outside of the heap, so that the file is read
/// into it and nowhere else first. Thread-safe.
final class FrameBuffers {
  static final int BYTES = 256 * 1024;
  private static final int KEPT = 16;

  private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

  /// @return empty, with room for [#BYTES]; to be given back, by whoever does not use it any more
  ByteBuffer take() {
    ByteBuffer buffer = free.poll();
    return buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer.clear();
  }

  void giveBack(ByteBuffer buffer) {
    var _ = free.offer(buffer);
  }
}
