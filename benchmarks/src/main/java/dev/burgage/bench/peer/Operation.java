package dev.burgage.bench.peer;

import java.util.List;
import java.util.Locale;

/// What a request asks for.
public enum Operation {
  /// One row of about 250 bytes out of 10,000, by its primary key.
  READ,
  /// One row of about the same size, durable (fsync) before the answer.
  INSERT,
  /// The read with the key written into the text, another text each time: nothing that was prepared
  /// before is of use.
  READ_UNPREPARED;

  /// Those that every peer answers.
  public static final List<Operation> COMMON = List.of(READ, INSERT);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
