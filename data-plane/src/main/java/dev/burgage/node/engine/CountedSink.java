package dev.burgage.node.engine;

import dev.burgage.d1.D1Meta;
import dev.burgage.node.memory.RequestMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts what an answer takes before it gives the rows on. Not thread-safe.
final class CountedSink implements ResultSink {
  private final ResultSink sink;
  private final RequestMemory.Share memory;

  CountedSink(ResultSink sink, RequestMemory.Share memory) {
    this.sink = sink;
    this.memory = memory;
  }

  @Override
  public void begin(List<String> columns) {
    sink.begin(columns);
  }

  @Override
  public void row(@Nullable Object[] values) {
    long bytes = 0;
    for (Object value : values) {
      bytes += size(value);
    }
    memory.answer(bytes);
    sink.row(values);
  }

  // About what a value takes in JSON, where a byte of a BLOB is a number and a comma.
  private static long size(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length() + 3L;
      case byte[] bytes -> 4L * bytes.length + 2;
      case null, default -> 8;
    };
  }

  @Override
  public void end(D1Meta meta) {
    sink.end(meta);
  }
}
