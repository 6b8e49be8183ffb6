package dev.burgage.node.backup;

import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;

/// What a caller is told of a store that fails or holds something damaged.
final class StoreFailures {
  private StoreFailures() {}

  /// Asks the store for something.
  @FunctionalInterface
  interface Task<T> {
    T run() throws IOException;
  }

  /// @throws BurgageException `store_unavailable`, `object_damaged`
  static <T> T told(Task<T> task) {
    try {
      return task.run();
    } catch (ObjectDamagedException e) {
      throw new BurgageException(
          ErrorCode.OBJECT_DAMAGED,
          "The backup is damaged and was not used: %s.".formatted(e.getMessage()),
          e);
    } catch (StoreException e) {
      boolean refused = e.reason() == StoreException.Reason.REFUSED;
      throw new BurgageException(
          refused ? ErrorCode.INTERNAL : ErrorCode.STORE_UNAVAILABLE,
          "The object store failed: %s.".formatted(e.getMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
