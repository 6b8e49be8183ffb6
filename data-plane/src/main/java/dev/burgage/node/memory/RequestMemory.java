package dev.burgage.node.memory;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The heap that all requests under way may take for their bodies and answers. Thread-safe.
public final class RequestMemory {
  /// What a request has free of charge.
  private static final long UNCOUNTED_BYTES = 64 * 1024;

  /// What is taken at once, so that a long answer asks now and then, not at each row.
  private static final long STEP_BYTES = 256 * 1024;

  /// Bytes of heap for a byte of an answer: its rows (kept by a write until its commit), the
  /// growing buffer that they are written into, the array that is sent.
  private static final int HEAP_PER_ANSWER_BYTE = 4;

  /// The same for a byte of a body: itself, and its texts and parameters.
  private static final int HEAP_PER_BODY_BYTE = 3;

  private final AtomicLong free;
  private final long answerBytesMax;
  private final LongAdder refused = new LongAdder();

  /// @param bytesMax of all requests together
  /// @param answerBytesMax of one request's answer
  public RequestMemory(long bytesMax, long answerBytesMax) {
    this.free = new AtomicLong(bytesMax);
    this.answerBytesMax = answerBytesMax;
  }

  /// A new request's share; to be closed when its answer is sent.
  public Share share() {
    return new Share();
  }

  public long freeBytes() {
    return free.get();
  }

  /// Requests that were refused for want of memory.
  public long refusedCount() {
    return refused.sum();
  }

  private boolean take(long bytes) {
    if (free.addAndGet(-bytes) >= 0) {
      return true;
    }
    free.addAndGet(bytes);
    refused.increment();
    return false;
  }

  /// What one request takes. Used by one thread at a time.
  public final class Share implements AutoCloseable {
    private long taken;
    private long bodyBytes;
    private long answerBytes;

    private Share() {}

    /// To be called before a body of this length is read.
    ///
    /// @throws BurgageException `overloaded` if others have it all
    public void body(long bytes) {
      bodyBytes += bytes;
      cover();
    }

    /// To be called as the answer grows, and before the commit of what it tells of: a write whose
    /// answer cannot be given is not made.
    ///
    /// @throws BurgageException `overloaded` if others have it all, `sql_error` if the answer is
    ///   too large for any request
    public void answer(long bytes) {
      answerBytes += bytes;
      if (answerBytes > answerBytesMax) {
        throw new BurgageException(
            ErrorCode.SQL_ERROR,
            "The result is larger than %d bytes; ask for fewer rows or columns."
                .formatted(answerBytesMax));
      }
      cover();
    }

    /// The statements run once more, from the start.
    public void answerAnew() {
      answerBytes = 0;
    }

    private void cover() {
      long needed =
          bodyBytes * HEAP_PER_BODY_BYTE + answerBytes * HEAP_PER_ANSWER_BYTE - UNCOUNTED_BYTES;
      if (needed > taken) {
        long more = Math.max(needed - taken, STEP_BYTES);
        if (!take(more)) {
          throw new BurgageException(
              ErrorCode.OVERLOADED, "D1 DB is overloaded. Too many requests queued.");
        }
        taken += more;
      }
    }

    @Override
    public void close() {
      free.addAndGet(taken);
      taken = 0;
    }
  }
}
