package dev.burgage.node.transfer;

import dev.burgage.protocol.node.TransferProgress;
import dev.burgage.protocol.node.TransferProgress.Loaded;
import dev.burgage.protocol.node.TransferStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// One import or export, from its beginning until somebody has heard of its end. Thread-safe.
final class Transfer {
  private static final long HELD_MILLIS = 1_000;

  private final String bookmark;
  private final String wanted;
  private final LongFunction<String> message;
  private final AtomicLong done = new AtomicLong();
  private final CompletableFuture<TransferProgress> end = new CompletableFuture<>();

  /// @param bookmark of the database now
  /// @param wanted what is transferred: the same again joins it
  /// @param message says how far it is
  Transfer(String bookmark, String wanted, LongFunction<String> message) {
    this.bookmark = bookmark;
    this.wanted = wanted;
    this.message = message;
  }

  String bookmark() {
    return bookmark;
  }

  boolean wants(String other) {
    return wanted.equals(other);
  }

  boolean isActive() {
    return !end.isDone();
  }

  void progress(long now) {
    done.set(now);
  }

  void complete(Loaded loaded) {
    end.complete(progress(TransferStatus.COMPLETE, null, loaded, null));
  }

  void complete(String file) {
    end.complete(progress(TransferStatus.COMPLETE, null, null, file));
  }

  void fail(String error) {
    end.complete(progress(TransferStatus.ERROR, error, null, null));
  }

  /// How it stands; waits a second if it is still under way, because those who ask do not wait.
  TransferProgress await() {
    try {
      return end.get(HELD_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return progress(TransferStatus.ACTIVE, null, null, null);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a transfer's end is a value", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return progress(TransferStatus.ACTIVE, null, null, null);
    }
  }

  private TransferProgress progress(
      TransferStatus status,
      @Nullable String error,
      @Nullable Loaded loaded,
      @Nullable String file) {
    return new TransferProgress(
        status, bookmark, List.of(message.apply(done.get())), error, loaded, file);
  }
}
