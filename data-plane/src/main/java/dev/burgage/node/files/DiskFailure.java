package dev.burgage.node.files;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What an error of the node's disk is to callers. Stateless.
public final class DiskFailure {
  private DiskFailure() {}

  /// @param e of the operating system, perhaps as the cause of another
  /// @return `storage_full` or `internal`
  public static BurgageException of(Exception e) {
    Throwable cause = e;
    for (Throwable next = e; next != null; next = next.getCause()) {
      if (isFull(next)) {
        return new BurgageException(
            ErrorCode.STORAGE_FULL,
            "The node's disk is full; nothing was kept of this. Make room there and try again (%s)."
                .formatted(next.getMessage()),
            e);
      }
      cause = next;
    }
    return new BurgageException(ErrorCode.INTERNAL, "The node's storage failed: " + cause, e);
  }

  // The operating system's words (strerror); a FileSystemException has the file's name before.
  private static boolean isFull(Throwable cause) {
    String text = cause instanceof FileSystemException file ? file.getReason() : cause.getMessage();
    return says(text, "no space left on device") || says(text, "disk quota exceeded");
  }

  private static boolean says(@Nullable String text, String words) {
    return text != null && text.toLowerCase(Locale.ROOT).endsWith(words);
  }
}
