package dev.burgage.d1;

import dev.burgage.protocol.error.ErrorCode;

/// A statement or a batch that failed. The message is the one that D1's JavaScript binding gives,
/// with its prefix (`D1_ERROR: …`).
public final class D1Exception extends RuntimeException {
  private final ErrorCode code;

  public D1Exception(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public D1Exception(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  /// Whether nothing was carried out and the same call may succeed later.
  public boolean isRetryable() {
    return code.retryable();
  }
}
