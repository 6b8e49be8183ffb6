package dev.burgage.node.query;

import dev.burgage.d1.D1Meta;
import dev.burgage.node.engine.ResultSink;
import dev.burgage.node.statistics.Cost;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes results in D1's wire format: a JSON array with an object for each statement. INTEGER has
/// all its digits, REAL always a point or an exponent, BLOB is an array of bytes, what is not
/// finite is null. Not thread-safe.
final class WireResults implements ResultSink {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int FIRST_SIZE = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_SIZE);
  private final JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes);
  private final ResultsFormat format;
  private final List<Cost> costs = new ArrayList<>(1);
  private List<String> columns = List.of();
  private long rows;

  WireResults(ResultsFormat format) {
    this.format = format;
    json.writeStartArray();
  }

  @Override
  public void begin(List<String> columns) {
    this.columns = columns;
    this.rows = 0;
    json.writeStartObject();
    json.writeName("results");
    if (format == ResultsFormat.ROWS_AND_COLUMNS) {
      json.writeStartObject();
      json.writeName("columns");
      json.writeStartArray();
      for (String column : columns) {
        json.writeString(column);
      }
      json.writeEndArray();
      json.writeName("rows");
    }
    json.writeStartArray();
  }

  @Override
  public void row(@Nullable Object[] values) {
    rows++;
    if (format == ResultsFormat.ROWS_AND_COLUMNS) {
      json.writeStartArray();
      for (Object value : values) {
        value(value);
      }
      json.writeEndArray();
      return;
    }
    json.writeStartObject();
    for (int i = 0; i < values.length; i++) {
      json.writeName(columns.get(i));
      value(values[i]);
    }
    json.writeEndObject();
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Long number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number);
      case Double _ -> json.writeNull();
      case String text -> json.writeString(text);
      case byte[] blob -> bytes(blob);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private void bytes(byte[] blob) {
    json.writeStartArray();
    for (byte b : blob) {
      json.writeNumber(b & 0xff);
    }
    json.writeEndArray();
  }

  @Override
  public void end(D1Meta meta) {
    costs.add(new Cost(meta, rows));
    json.writeEndArray();
    if (format == ResultsFormat.ROWS_AND_COLUMNS) {
      json.writeEndObject();
    }
    json.writeBooleanProperty("success", true);
    json.writeName("meta");
    json.writeStartObject();
    json.writeStringProperty("served_by", meta.servedBy());
    json.writeBooleanProperty("served_by_primary", true);
    json.writeNumberProperty("duration", meta.duration());
    json.writeNumberProperty("changes", meta.changes());
    json.writeNumberProperty("last_row_id", meta.lastRowId());
    json.writeBooleanProperty("changed_db", meta.changedDb());
    json.writeNumberProperty("size_after", meta.sizeAfter());
    json.writeNumberProperty("rows_read", meta.rowsRead());
    json.writeNumberProperty("rows_written", meta.rowsWritten());
    json.writeNumberProperty("total_attempts", 1);
    json.writeName("timings");
    json.writeStartObject();
    json.writeNumberProperty("sql_duration_ms", meta.duration());
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  /// What the statements cost, in their order.
  List<Cost> costs() {
    return costs;
  }

  /// The whole answer; to be called once, at the end.
  byte[] finish() {
    json.writeEndArray();
    json.close();
    return bytes.toByteArray();
  }
}
