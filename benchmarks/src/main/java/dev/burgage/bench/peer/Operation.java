package dev.burgage.bench.peer;

import java.util.Locale;

/// The two requests that every peer answers.
public enum Operation {
  /// One row of about 250 bytes out of 10,000, by its primary key.
  READ,
  /// One row of about the same size, durable (fsync) before the answer.
  INSERT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
