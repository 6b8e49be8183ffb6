package dev.burgage.bench.peer;

import dev.burgage.bench.load.PreparedRequest;
import dev.burgage.bench.load.RequestSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The operations as each kind of server takes them, over the same rows.
final class Requests {
  static final int ROWS = 10_000;
  private static final int INSERTS = 1_000;
  static final String READ_SQL = "SELECT id, name, email, amount, note FROM item WHERE id = ?";
  static final String INSERT_SQL =
      "INSERT INTO entry (name, email, amount, note) VALUES (?, ?, ?, ?)";

  private Requests() {}

  /// For a server that takes SQL with parameters, as D1 and Burgage do.
  static Map<Operation, RequestSet> sql(
      String readPath, String insertPath, Map<String, String> headers) {
    return Map.of(
        Operation.READ,
        set(ROWS, id -> read(readPath, headers, id)),
        Operation.INSERT,
        set(INSERTS, n -> insert(insertPath, headers, n)),
        Operation.READ_UNPREPARED,
        set(ROWS, id -> readUnprepared(readPath, headers, id)));
  }

  /// For an application with endpoints of its own.
  static Map<Operation, RequestSet> endpoints(String base) {
    return Map.of(
        Operation.READ,
        set(ROWS, id -> PreparedRequest.of("GET", base + "/items/" + id, Map.of(), "", name(id))),
        Operation.INSERT,
        set(
            INSERTS,
            n -> PreparedRequest.of("POST", base + "/entries", Map.of(), entry(n), "\"id\"")));
  }

  /// For the hello server: as long a body in, nothing looked up.
  static Map<Operation, RequestSet> hello() {
    return Map.of(
        Operation.READ,
        new RequestSet(List.of(PreparedRequest.of("GET", "/hello", Map.of(), "", "hello"))),
        Operation.INSERT,
        set(INSERTS, n -> PreparedRequest.of("POST", "/hello", Map.of(), entry(n), "hello")));
  }

  private static RequestSet set(int count, IntFunction<PreparedRequest> request) {
    return new RequestSet(IntStream.rangeClosed(1, count).mapToObj(request).toList());
  }

  private static PreparedRequest read(String path, Map<String, String> headers, int id) {
    String body = "{\"sql\":\"%s\",\"params\":[%d]}".formatted(READ_SQL, id);
    return PreparedRequest.of("POST", path, headers, body, name(id));
  }

  private static PreparedRequest readUnprepared(String path, Map<String, String> headers, int id) {
    String sql = READ_SQL.replace("?", Integer.toString(id));
    String body = "{\"sql\":\"%s\",\"params\":[]}".formatted(sql);
    return PreparedRequest.of("POST", path, headers, body, name(id));
  }

  private static PreparedRequest insert(String path, Map<String, String> headers, int n) {
    String body =
        "{\"sql\":\"%s\",\"params\":[\"Entry %06d\",\"entry.%06d@example.org\",%d,\"%s\"]}"
            .formatted(INSERT_SQL, n, n, n * 37, note(n));
    return PreparedRequest.of("POST", path, headers, body, "\"success\":true");
  }

  private static String entry(int n) {
    return "{\"name\":\"Entry %06d\",\"email\":\"entry.%06d@example.org\",\"amount\":%d,\"note\":\"%s\"}"
        .formatted(n, n, n * 37, note(n));
  }

  static String name(int id) {
    return "Item %06d".formatted(id);
  }

  static String note(int n) {
    return "%0160d".formatted(n * 7919L);
  }

  /// SQL that makes the two tables of the requests.
  static final String SCHEMA =
      """
      CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, amount INTEGER NOT NULL, note TEXT NOT NULL);
      CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, amount INTEGER NOT NULL, note TEXT NOT NULL);
      """;

  /// SQL that fills `item`.
  static final String FILL =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
          + ROWS
          + ") INSERT INTO item SELECT i, printf('Item %06d', i), printf('item.%06d@example.org',"
          + " i), i * 37, printf('%0160d', i * 7919) FROM n";
}
