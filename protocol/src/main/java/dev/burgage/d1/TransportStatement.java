package dev.burgage.d1;

import dev.burgage.d1.D1Transport.Statement;
import dev.burgage.d1.D1Transport.StatementResult;
import dev.burgage.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A prepared statement of a [TransportDatabase].
record TransportStatement(TransportDatabase database, Statement statement)
    implements D1PreparedStatement {

  @Override
  public D1PreparedStatement bind(@Nullable Object... values) {
    List<@Nullable Object> parameters = new ArrayList<>(values.length);
    for (Object value : values) {
      parameters.add(parameter(value));
    }
    return new TransportStatement(
        database, new Statement(statement.sql(), Collections.unmodifiableList(parameters)));
  }

  private static @Nullable Object parameter(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Long number -> number;
      case Double number -> number;
      case Boolean flag -> flag ? 1L : 0L;
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case byte[] bytes -> bytes.clone();
      default -> throw TransportDatabase.typeError(value);
    };
  }

  @Override
  public @Nullable Map<String, @Nullable Object> first() {
    StatementResult result = send();
    return result.rows().isEmpty() ? null : row(result.columns(), result.rows().getFirst());
  }

  @Override
  public @Nullable Object first(String column) {
    Map<String, @Nullable Object> row = first();
    if (row == null) {
      return null;
    }
    if (!row.containsKey(column)) {
      throw new D1Exception(
          ErrorCode.INVALID_REQUEST, "D1_COLUMN_NOTFOUND: Column not found (" + column + ")");
    }
    return row.get(column);
  }

  @Override
  public D1Result all() {
    return result(send());
  }

  @Override
  public D1Result run() {
    return all();
  }

  @Override
  public List<List<@Nullable Object>> raw() {
    return raw(/* columnNames= */ false);
  }

  @Override
  public List<List<@Nullable Object>> raw(boolean columnNames) {
    StatementResult result = send();
    if (!columnNames) {
      return result.rows();
    }
    List<List<@Nullable Object>> rows = new ArrayList<>(result.rows().size() + 1);
    rows.add(new ArrayList<>(result.columns()));
    rows.addAll(result.rows());
    return Collections.unmodifiableList(rows);
  }

  private StatementResult send() {
    return database.send(List.of(statement), "D1_ERROR: ").getFirst();
  }

  static D1Result result(StatementResult result) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>(result.rows().size());
    for (List<@Nullable Object> values : result.rows()) {
      rows.add(row(result.columns(), values));
    }
    return new D1Result(true, Collections.unmodifiableList(rows), result.meta());
  }

  private static Map<String, @Nullable Object> row(
      List<String> columns, List<@Nullable Object> values) {
    Map<String, @Nullable Object> row = LinkedHashMap.newLinkedHashMap(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), values.get(i));
    }
    return Collections.unmodifiableMap(row);
  }
}
