package dev.burgage.node.ship;

import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.RecordHead;
import dev.burgage.node.store.ObjectStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the runs of a slice one after the other, with few calls for many small ones. For one
/// thread.
final class SpanCursor {
  private static final int CHUNK_BYTES = 1024 * 1024;

  private final ObjectStore store;
  private final RunReader reader;
  private final Span span;
  private int part = -1;
  private List<Run> runs = List.of();
  private int next;
  private byte[] chunk = new byte[0];
  private long chunkFrom;

  SpanCursor(ObjectStore store, Span span) {
    this.store = store;
    this.reader = new RunReader(store);
    this.span = span;
  }

  /// The next run; null if there is none.
  @Nullable Run peek() throws IOException {
    while (next == runs.size()) {
      if (part + 1 == span.parts().size()) {
        return null;
      }
      part++;
      runs = reader.index(object());
      next = 0;
      chunk = new byte[0];
    }
    return runs.get(next);
  }

  private ObjectPart object() {
    return span.parts().get(part).object();
  }

  /// Gives the records of the next run and goes behind it.
  void read(RunReader.Visitor<LogRecord> visitor) throws IOException {
    Run run = runs.get(next);
    RunReader.records(object(), run, checked(run), visitor);
    next++;
  }

  /// As [#read], without unpacking their pages.
  void readHeads(RunReader.Visitor<RecordHead> visitor) throws IOException {
    Run run = runs.get(next);
    RunReader.heads(object(), run, checked(run), visitor);
    next++;
  }

  private byte[] checked(Run run) throws IOException {
    byte[] bytes = bytes(run);
    RunFormat.check(object(), run, bytes);
    return bytes;
  }

  private byte[] bytes(Run run) throws IOException {
    int from = (int) (run.offset() - chunkFrom);
    if (chunk.length == 0 || from + run.length() > chunk.length) {
      long rest = object().sizeBytes() - object().indexBytes() - run.offset();
      int length = (int) Math.min(rest, Math.max(run.length(), CHUNK_BYTES));
      chunk = store.get(object().key(), run.offset(), length);
      chunkFrom = run.offset();
      from = 0;
    }
    return Arrays.copyOfRange(chunk, from, Math.min(chunk.length, from + run.length()));
  }
}
