package dev.burgage.node.engine;

import dev.burgage.d1.D1Meta;
import dev.burgage.d1.D1Transport.StatementResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps results as lists. Not thread-safe.
public final class CollectedResults implements ResultSink {
  private final List<StatementResult> results = new ArrayList<>();
  private List<String> columns = List.of();
  private List<List<@Nullable Object>> rows = new ArrayList<>();

  @Override
  public void begin(List<String> columns) {
    this.columns = columns;
    this.rows = new ArrayList<>();
  }

  @Override
  public void row(@Nullable Object[] values) {
    rows.add(Collections.unmodifiableList(Arrays.asList(values.clone())));
  }

  @Override
  public void end(D1Meta meta) {
    results.add(new StatementResult(columns, Collections.unmodifiableList(rows), meta));
  }

  void clear() {
    results.clear();
  }

  /// The size is known only after the commit, which may hold other requests' writes too.
  void setSizeAfter(long sizeBytes) {
    results.replaceAll(
        r -> new StatementResult(r.columns(), r.rows(), r.meta().withSizeAfter(sizeBytes)));
  }

  void giveTo(ResultSink sink) {
    for (StatementResult result : results) {
      sink.begin(result.columns());
      for (List<@Nullable Object> row : result.rows()) {
        sink.row(row.toArray());
      }
      sink.end(result.meta());
    }
  }

  public List<StatementResult> results() {
    return results;
  }
}
