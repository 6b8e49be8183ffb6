package dev.burgage.example.chinook;

import dev.burgage.d1.D1Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The Chinook database as the resources of this package have it: a digital music store with
/// artists, albums, tracks, customers and invoices. Immutable.
///
/// @param inserts statements of at most 100 KB each, which is what D1 takes, in the order that
///   foreign keys want
/// @param rows how many rows the statements have, by table
record ChinookData(List<String> inserts, Map<String, Long> rows) {
  static final String SCHEMA = "V1__chinook.sql";
  static final String LOYALTY = "V2__loyalty_cards.sql";

  private static final Pattern TABLE = Pattern.compile("INSERT INTO \\[(\\w+)]");

  static ChinookData load() {
    List<String> inserts =
        Arrays.stream(resource("data.sql").split("\n\n")).filter(s -> !s.isBlank()).toList();
    Map<String, Long> rows = new LinkedHashMap<>();
    for (String insert : inserts) {
      rows.merge(table(insert), insert.lines().filter(l -> l.startsWith("(")).count(), Long::sum);
    }
    return new ChinookData(inserts, rows);
  }

  private static String table(String insert) {
    Matcher matcher = TABLE.matcher(insert);
    if (!matcher.lookingAt()) {
      throw new IllegalStateException("data.sql: not an INSERT: " + insert.lines().findFirst());
    }
    return matcher.group(1);
  }

  static String migration(String script) {
    return resource("migrations/" + script);
  }

  private static String resource(String name) {
    try (InputStream in = ChinookData.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource is missing: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long total() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Loads everything in one transaction: a database has all of it or nothing.
  void loadInto(D1Database database) {
    database.batch(inserts.stream().map(database::prepare).toList());
  }

  /// Counts the rows in a database, without those that the demo itself sold: see [#SOLD_FROM].
  Map<String, Long> countIn(D1Database database) {
    // One row of subqueries: a UNION of so many SELECTs is more than D1 takes.
    String sql =
        rows.keySet().stream()
            .map(t -> "(SELECT count(*) FROM [%s]%s) AS [%s]".formatted(t, unsold(t), t))
            .collect(Collectors.joining(", ", "SELECT ", ""));
    Map<String, Long> counts = new LinkedHashMap<>();
    database
        .prepare(sql)
        .all()
        .results()
        .getFirst()
        .forEach((table, n) -> counts.put(table, n instanceof Long count ? count : -1L));
    return counts;
  }

  /// Invoices from this id on are the demo's own.
  static final long SOLD_FROM = 100_000;

  private static String unsold(String table) {
    return table.startsWith("Invoice") ? " WHERE InvoiceId < " + SOLD_FROM : "";
  }
}
