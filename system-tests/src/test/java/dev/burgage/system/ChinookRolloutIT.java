package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.client.Rollout;
import dev.burgage.client.RolloutTarget;
import dev.burgage.client.Rollouts;
import dev.burgage.client.Tenant;
import dev.burgage.d1.D1Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Migrations that change real data, the Chinook store's: filled from other tables, rewritten, and
/// rebuilt under foreign keys. Invariants hold them to what must not change; the one tenant in
/// which a migration would change it stays as it is; undo takes the others back.
class ChinookRolloutIT {
  private static final Map<String, String> CHANGES =
      Map.of(
          "V3__country.sql",
          """
          CREATE TABLE Country (CountryId INTEGER PRIMARY KEY, Name TEXT NOT NULL UNIQUE);
          INSERT INTO Country (Name) SELECT DISTINCT Country FROM Customer ORDER BY Country;
          ALTER TABLE Customer ADD COLUMN CountryId INTEGER REFERENCES Country (CountryId);
          UPDATE Customer
          SET CountryId = (SELECT c.CountryId FROM Country c WHERE c.Name = Customer.Country);
          """,
          "V4__cents.sql",
          """
          PRAGMA defer_foreign_keys = ON;
          CREATE TABLE TrackNew (
            TrackId INTEGER NOT NULL PRIMARY KEY, Name TEXT NOT NULL,
            AlbumId INTEGER REFERENCES Album (AlbumId),
            MediaTypeId INTEGER NOT NULL REFERENCES MediaType (MediaTypeId),
            GenreId INTEGER REFERENCES Genre (GenreId),
            Composer TEXT, Milliseconds INTEGER NOT NULL, Bytes INTEGER,
            Cents INTEGER NOT NULL CHECK (Cents >= 0));
          INSERT INTO TrackNew
          SELECT TrackId, Name, AlbumId, MediaTypeId, GenreId, Composer, Milliseconds, Bytes,
                 CAST(round(UnitPrice * 100) AS INTEGER)
          FROM Track;
          DROP TABLE Track;
          ALTER TABLE TrackNew RENAME TO Track;
          CREATE INDEX TrackAlbum ON Track (AlbumId);
          """);
  private static final Map<String, String> WHOLE_CENTS =
      Map.of("V5__whole_cents.sql", "UPDATE Invoice SET Total = round(Total, 2);");

  private static final List<Map<String, String>> INVARIANTS =
      List.of(
          Map.of(
              "name", "revenue of each customer",
              "sql",
                  """
                  SELECT CustomerId, CAST(round(sum(UnitPrice * Quantity) * 100) AS INTEGER)
                  FROM Invoice JOIN InvoiceLine USING (InvoiceId)
                  GROUP BY CustomerId ORDER BY CustomerId
                  """,
              "expect", "same"),
          Map.of(
              "name", "what was charged",
              "sql", "SELECT InvoiceId, Total FROM Invoice ORDER BY InvoiceId",
              "expect", "same"),
          Map.of(
              "name", "playlists",
              "sql",
                  """
                  SELECT p.Name, count(*), sum(t.Milliseconds)
                  FROM Playlist p JOIN PlaylistTrack USING (PlaylistId) JOIN Track t USING (TrackId)
                  GROUP BY p.PlaylistId ORDER BY p.PlaylistId
                  """,
              "expect", "same"),
          Map.of(
              "name", "no line without its track",
              "sql",
                  "SELECT InvoiceLineId FROM InvoiceLine"
                      + " WHERE TrackId NOT IN (SELECT TrackId FROM Track)",
              "expect", "empty"));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  @Test
  void realDataIsTheSameAfterMigrationsThatRewriteIt() throws Exception {
    List<Tenant> tenants = new ArrayList<>();
    CellNode node;
    try (Cell cell = new Cell("ChinookRollout", folder, Map.of())) {
      cell.startControlPlane();
      node = cell.node1();
      Burgage connection = cell.connect();
      Map<String, String> migrations = new LinkedHashMap<>();
      migrations.put("V1__chinook.sql", resource("migrations/V1__chinook.sql"));
      connection.pools().create(Cell.POOL);
      connection.migrations(Cell.POOL).register(migrations);
      for (String id : List.of("north", "east", "south")) {
        tenants.add(connection.tenants(Cell.POOL).create(id));
        load(connection.pool(Cell.POOL).get(id));
      }
      // Only here is something charged that is not whole cents.
      run(connection, "south", "UPDATE Invoice SET Total = 0.985 WHERE InvoiceId = 1");

      migrations.put("V2__loyalty_cards.sql", resource("migrations/V2__loyalty_cards.sql"));
      migrations.putAll(CHANGES);
      Rollout changed = rollOut(connection, migrations);
      assertThat(changed.counts().applied()).isEqualTo(3);
      tenants.forEach(tenant -> assertThatDataIsThere(connection, tenant.id()));

      migrations.putAll(WHOLE_CENTS);
      Rollout rounded = rollOut(connection, migrations);
      assertThat(connection.rollouts(Cell.POOL).targets(rounded.id(), "failed"))
          .singleElement()
          .satisfies(target -> assertThat(target.tenant()).isEqualTo("south"))
          .extracting(RolloutTarget::error)
          .asString()
          .contains("what was charged");
      assertThat(ask(connection, "south", "SELECT Total FROM Invoice WHERE InvoiceId = 1"))
          .isEqualTo(0.985);
      undo(connection, rounded.id());
      assertThat(connection.tenants(Cell.POOL).list())
          .allSatisfy(tenant -> assertThat(tenant.schemaVersion()).isEqualTo("4"));
      cell.stop();
    }
    for (Tenant tenant : tenants) {
      DatabaseFile file = new DatabaseFile(node.databaseFile(Cell.fileOf(tenant)));
      assertThat(file.ask("pragma integrity_check")).as(tenant.id()).containsExactly("ok");
      assertThat(file.ask("pragma foreign_key_check")).as(tenant.id()).isEmpty();
      assertThat(file.ask("select version from _cf_schema_history order by installed_rank"))
          .as(tenant.id())
          .containsExactly("1", "2", "3", "4");
    }
  }

  private static Rollout rollOut(Burgage connection, Map<String, String> migrations) {
    connection.migrations(Cell.POOL).register(migrations);
    Rollouts rollouts = connection.rollouts(Cell.POOL);
    Rollout planned = rollouts.plan(Map.of("invariants", INVARIANTS, "acceptWarnings", true));
    assertThat(planned.findings()).noneMatch(finding -> finding.level().equals("error"));
    String id = rollouts.start(planned).id();
    Await.until("the rollout is finished", () -> rollouts.get(id).isFinished());
    return rollouts.get(id);
  }

  private static void undo(Burgage connection, String id) {
    Rollouts rollouts = connection.rollouts(Cell.POOL);
    rollouts.undo(id);
    Await.until("the rollout is undone", () -> rollouts.get(id).state() == Rollout.State.UNDONE);
    assertThat(rollouts.get(id).counts().undone()).isEqualTo(2);
  }

  private static void assertThatDataIsThere(Burgage connection, String tenant) {
    assertThat(ask(connection, tenant, "SELECT count(*) FROM Track WHERE Cents IN (99, 199)"))
        .isEqualTo(3503L);
    assertThat(
            ask(
                connection,
                tenant,
                "SELECT count(*) FROM Customer c JOIN Country n USING (CountryId)"
                    + " WHERE c.Country = n.Name"))
        .isEqualTo(59L);
    assertThat(ask(connection, tenant, "SELECT count(*) FROM LoyaltyCard WHERE Points > 30"))
        .isEqualTo(59L);
  }

  private static void load(D1Database database) throws IOException {
    database.batch(
        Arrays.stream(resource("data.sql").split("\n\n", -1))
            .filter(sql -> !sql.isBlank())
            .map(database::prepare)
            .toList());
  }

  private static void run(Burgage connection, String tenant, String sql) {
    connection.pool(Cell.POOL).get(tenant).prepare(sql).run();
  }

  private static Object ask(Burgage connection, String tenant, String sql) {
    Object value = connection.pool(Cell.POOL).get(tenant).prepare(sql).raw().getFirst().getFirst();
    assertThat(value).as(sql).isNotNull();
    return value;
  }

  private static String resource(String name) throws IOException {
    String path = "dev/burgage/example/chinook/" + name;
    try (InputStream in = ClassLoader.getSystemResourceAsStream(path)) {
      assertThat(in).as(path).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
