package dev.burgage.example.chinook;

import static dev.burgage.example.chinook.StepFailedException.require;

import dev.burgage.d1.D1Database;
import dev.burgage.d1.D1Result;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Chapter two: `env.DB_POOL.get(tenant)` answers joins, and what one tenant writes stays with it.
record Reports(Stage stage) {
  private static final String ARTISTS =
      """
      SELECT ar.Name AS artist, count(DISTINCT il.InvoiceId) AS invoices,
             sum(il.Quantity) AS tracks, round(sum(il.UnitPrice * il.Quantity), 2) AS revenue
        FROM InvoiceLine il
        JOIN Track t ON t.TrackId = il.TrackId
        JOIN Album al ON al.AlbumId = t.AlbumId
        JOIN Artist ar ON ar.ArtistId = al.ArtistId
       GROUP BY ar.ArtistId ORDER BY revenue DESC, artist LIMIT ?
      """;
  private static final String CUSTOMERS =
      """
      SELECT c.FirstName || ' ' || c.LastName AS customer, c.Country AS country,
             e.FirstName || ' ' || e.LastName AS served_by, round(sum(i.Total), 2) AS spent
        FROM Customer c
        JOIN Invoice i ON i.CustomerId = c.CustomerId
        JOIN Employee e ON e.EmployeeId = c.SupportRepId
       WHERE c.Country <> ?
       GROUP BY c.CustomerId ORDER BY spent DESC, customer LIMIT 3
      """;
  private static final String GENRES =
      """
      SELECT g.Name AS genre, count(DISTINCT t.TrackId) AS tracks,
             coalesce(sum(il.Quantity), 0) AS sold
        FROM Genre g
        JOIN Track t ON t.GenreId = g.GenreId
        LEFT JOIN InvoiceLine il ON il.TrackId = t.TrackId
       GROUP BY g.GenreId ORDER BY sold DESC LIMIT ?
      """;

  void tell() {
    stage.terminal().heading("2  Joins through env.DB_POOL.get(tenant)");
    report("acme", "artists by revenue", ARTISTS, 5L, "[Iron Maiden, 30, 140, 138.6]");
    report(
        "globex",
        "best customers abroad",
        CUSTOMERS,
        "USA",
        "[Helena Holý, Czech Republic, Steve Johnson, 49.62]");
    report("initech", "what sells", GENRES, 3L, "[Rock, 1297, 835]");
    stage.terminal().step("a sale", this::sell);
  }

  private void report(String store, String name, String sql, Object parameter, String firstRow) {
    D1Result result =
        stage
            .terminal()
            .stepGiving(store + ": " + name, () -> ask(store, name, sql, parameter, firstRow));
    stage.terminal().table(result.results());
  }

  private Terminal.Told<D1Result> ask(
      String store, String name, String sql, Object parameter, String firstRow) {
    D1Result result = stage.env().DB_POOL.get(store).prepare(sql).bind(parameter).all();
    List<Map<String, @Nullable Object>> rows = result.results();
    String first = rows.isEmpty() ? "no row" : rows.getFirst().values().toString();
    require(first.equals(firstRow), "the first row is %s, not %s", first, firstRow);
    String millis = String.format(Locale.ROOT, "%.1f", result.meta().duration());
    return new Terminal.Told<>("%s: %s (%s ms in SQLite)".formatted(store, name, millis), result);
  }

  // The demo may be run again on the same data: the sale before is taken back first, in the same
  // transaction.
  private String sell() {
    D1Database acme = stage.env().DB_POOL.get("acme");
    long invoice = ChinookData.SOLD_FROM;
    acme.batch(
        List.of(
            acme.prepare("DELETE FROM InvoiceLine WHERE InvoiceId = ?").bind(invoice),
            acme.prepare("DELETE FROM Invoice WHERE InvoiceId = ?").bind(invoice),
            acme.prepare(
                    "INSERT INTO Invoice (InvoiceId, CustomerId, InvoiceDate, Total)"
                        + " VALUES (?, 1, datetime('now'), 0.99)")
                .bind(invoice),
            acme.prepare(
                    "INSERT INTO InvoiceLine (InvoiceId, TrackId, UnitPrice, Quantity)"
                        + " VALUES (?, 1, 0.99, 1)")
                .bind(invoice)));
    long sold = soldIn("acme");
    long elsewhere = soldIn("globex") + soldIn("initech");
    require(sold == 1, "acme has %d sales of the demo, not 1", sold);
    require(elsewhere == 0, "acme's sale is in another tenant's database");
    return "acme sells a track: a batch in one transaction; the other stores know nothing of it";
  }

  private long soldIn(String store) {
    Object sold =
        stage
            .env()
            .DB_POOL
            .get(store)
            .prepare("SELECT count(*) AS n FROM Invoice WHERE InvoiceId >= ?")
            .bind(ChinookData.SOLD_FROM)
            .first("n");
    return sold instanceof Long n ? n : -1;
  }
}
