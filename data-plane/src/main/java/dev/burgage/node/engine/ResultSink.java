package dev.burgage.node.engine;

import dev.burgage.d1.D1Meta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the results of a request's statements, one statement after the other. Called by one thread
/// at a time.
public interface ResultSink {
  /// A statement's result begins.
  void begin(List<String> columns);

  /// A row: null, `Long`, `Double`, `String` or `byte[]` for each column. The array is used again
  /// for the next row.
  void row(@Nullable Object[] values);

  /// The statement's result is complete.
  void end(D1Meta meta);
}
