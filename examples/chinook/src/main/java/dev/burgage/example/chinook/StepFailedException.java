package dev.burgage.example.chinook;

/// A step did not do what it is for. The message says what was expected and what was there.
final class StepFailedException extends RuntimeException {
  StepFailedException(String message) {
    super(message);
  }

  StepFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  /// @throws StepFailedException with this text, if it is not so
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for this alone
  static void require(boolean right, String otherwise, Object... values) {
    if (!right) {
      throw new StepFailedException(otherwise.formatted(values));
    }
  }
}
