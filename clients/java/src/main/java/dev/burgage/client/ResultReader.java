package dev.burgage.client;

import dev.burgage.d1.D1Meta;
import dev.burgage.d1.D1Transport.StatementResult;
import dev.burgage.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/// Reads the answer of D1's binding with `resultsFormat=ROWS_AND_COLUMNS`:
/// `[{"success":true,"meta":{…},"results":{"columns":[…],"rows":[[…]]}}]`, as it streams by. A
/// number with a point or an exponent is a `Double`, any other a `Long`, as long as it fits.
final class ResultReader {
  private final JsonParser json;

  private ResultReader(JsonParser json) {
    this.json = json;
  }

  /// The answer is JSON and no array of good results: a failure, most likely.
  static final class NotResultsException extends Exception {
    private NotResultsException() {
      super("not an array of good results");
    }
  }

  /// @throws JacksonException if it is not JSON, or results of another shape
  static List<StatementResult> read(byte[] body) throws NotResultsException {
    try (JsonParser json = Json.mapper().createParser(body)) {
      return new ResultReader(json).results();
    }
  }

  private List<StatementResult> results() throws NotResultsException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      throw new NotResultsException();
    }
    List<StatementResult> results = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      results.add(result());
    }
    return List.copyOf(results);
  }

  private StatementResult result() throws NotResultsException {
    expect(JsonToken.START_OBJECT);
    D1Meta meta = MetaReader.NONE;
    Table table = new Table(List.of(), List.of());
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "success" -> checkSuccess();
        case "meta" -> meta = MetaReader.read(json);
        case "results" -> table = table();
        default -> json.skipChildren();
      }
    }
    return new StatementResult(table.columns(), table.rows(), meta);
  }

  private void checkSuccess() throws NotResultsException {
    if (json.currentToken() != JsonToken.VALUE_TRUE) {
      throw new NotResultsException();
    }
  }

  private record Table(List<String> columns, List<List<@Nullable Object>> rows) {}

  private Table table() {
    expect(JsonToken.START_OBJECT);
    List<String> columns = List.of();
    List<List<@Nullable Object>> rows = List.of();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "columns" -> columns = columns();
        case "rows" -> rows = rows();
        default -> json.skipChildren();
      }
    }
    return new Table(columns, rows);
  }

  private List<String> columns() {
    expect(JsonToken.START_ARRAY);
    List<String> columns = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      columns.add(json.getString());
    }
    return List.copyOf(columns);
  }

  private List<List<@Nullable Object>> rows() {
    expect(JsonToken.START_ARRAY);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.START_ARRAY);
      List<@Nullable Object> row = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        row.add(value());
      }
      rows.add(Collections.unmodifiableList(row));
    }
    return Collections.unmodifiableList(rows);
  }

  private @Nullable Object value() {
    return switch (json.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> integer();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case START_ARRAY -> blob();
      default -> throw shape("a value");
    };
  }

  private Number integer() {
    return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? (Number) json.getDoubleValue()
        : (Number) json.getLongValue();
  }

  private byte[] blob() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      int value = json.getIntValue();
      if (value < 0 || value > 255) {
        throw shape("a byte");
      }
      bytes.write(value);
    }
    return bytes.toByteArray();
  }

  private void expect(JsonToken token) {
    if (json.currentToken() != token) {
      throw shape(token.name());
    }
  }

  private StreamReadException shape(String wanted) {
    return new StreamReadException(json, "expected " + wanted + ", got " + json.currentToken());
  }
}
