package dev.burgage.protocol.error;

/// A request that cannot be carried out, with the code and the text that its caller is to see.
public final class BurgageException extends RuntimeException {
  private final ErrorCode code;

  public BurgageException(ErrorCode code, String detail) {
    super(detail);
    this.code = code;
  }

  public BurgageException(ErrorCode code, String detail, Throwable cause) {
    super(detail, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  public Problem problem() {
    return Problem.of(code, detail());
  }

  /// What was wrong and what to do; never null.
  public String detail() {
    String message = getMessage();
    return message == null ? code.title() : message;
  }
}
