package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.ExportOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What goes out comes in as it was.
class RoundTripTest {
  private static final ExportOrder ALL = new ExportOrder(false, false, List.of(), false);

  static final String EVERYTHING =
      """
      CREATE TABLE line(id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT REFERENCES product(code));
      CREATE TABLE product(code TEXT NOT NULL, price REAL, tax AS (price * 0.2) STORED, up AS (upper(code)));
      CREATE UNIQUE INDEX product_code ON product(code);
      CREATE TABLE pair(a, b, c, PRIMARY KEY(b, a)) WITHOUT ROWID;
      CREATE TABLE "odd ""name"("a b", "c;--", [d'e]) -- with a comment
      ;
      CREATE TABLE noted(a -- why
        , b /* -- */, PRIMARY KEY(a)) WITHOUT ROWID;
      CREATE TABLE strict(i INT, r REAL, t TEXT, b BLOB, x ANY) STRICT;
      CREATE TABLE value(v);
      INSERT INTO value VALUES (9007199254740993), (-9223372036854775808), (9223372036854775807),
        (-0.0), (0.0), (9e999), (-9e999), (9e999 - 9e999), (5e-324), (1.7976931348623157e308), (0.1), (1e15), (1e21),
        (NULL), (''), (x''), ('it''s; "x" --'), ('two
      lines'), (CAST(x'610062' AS TEXT)), (CAST(x'ff80' AS TEXT)), (CAST(x'efbfbd' AS TEXT)), ('é🦆'), (x'00ff'), ('1'),
        (1.0), (1);
      INSERT INTO product(code, price) VALUES ('x', 1.5), ('y', 2), ('z', NULL);
      INSERT INTO line(code) VALUES ('x'), ('y'), (NULL), ('x');
      DELETE FROM line WHERE id > 3;
      INSERT INTO noted VALUES (1, 2);
      INSERT INTO pair VALUES (1, 'a', NULL), (2, 'a', x'01'), ('1', 'a', 1.0);
      INSERT INTO "odd ""name" VALUES (1, 2, 3);
      INSERT INTO strict VALUES (1, 1, 'a', x'00', 1), (NULL, 1e300, '', x'', '1');
      CREATE VIEW pricey AS SELECT code, price FROM product WHERE price > 1;
      CREATE TRIGGER pricey_in INSTEAD OF INSERT ON pricey BEGIN INSERT INTO product(code, price) VALUES (new.code, 9); END;
      CREATE TRIGGER line_in AFTER INSERT ON line BEGIN INSERT INTO value VALUES ('trigger ran'); END;
      CREATE INDEX product_up ON product(up, price) WHERE price IS NOT NULL;
      """;

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private TransferClient transfers;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    transfers = new TransferClient(node, folder);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private void importedAsExported(String sql) throws IOException, SQLException {
    Binding one = node.provision("one");
    Binding other = node.provision("other");
    complete(transfers.load("one", sql));

    complete(transfers.load("other", transfers.export("one", ALL)));

    assertThat(Differences.between(transfers.file(one), transfers.file(other))).isEmpty();
  }

  static void complete(JsonNode end) {
    assertThat(end.path("status").asString()).as(end.toString()).isEqualTo("complete");
  }

  @Test
  void tablesOfEveryKindComeBack() throws Exception {
    importedAsExported(EVERYTHING);
  }

  @Test
  void everyRealNumberComesBack() throws Exception {
    var random = new Random(3);
    var sql = new StringBuilder("CREATE TABLE t(r);\n");
    for (int i = 0; i < 20_000; i++) {
      double number = Double.longBitsToDouble(random.nextLong());
      sql.append("INSERT INTO t VALUES (").append(number).append(");\n");
      sql.append("INSERT INTO t VALUES (").append((float) random.nextGaussian()).append(");\n");
    }
    importedAsExported(sql.toString().replaceAll("(?m)^.*(NaN|Infinity).*$", ""));
  }

  @Test
  void theLargestRowsComeBack() throws Exception {
    var random = new Random(4);
    byte[] blob = new byte[2 * 1024 * 1024];
    random.nextBytes(blob);
    Binding one = node.provision("one");
    Binding other = node.provision("other");
    complete(transfers.load("one", "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c);"));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + transfers.file(one));
        var insert = connection.prepareStatement("INSERT INTO t(a, b, c) VALUES (?, ?, ?)")) {
      Object[][] rows = {
        {blob, "it's '' ".repeat(250_000), 7},
        {null, "'".repeat(4_000_000), null},
        {new byte[4_000_000], null, "x"},
        {"a\0".repeat(1_900_000), "é\0", "🦆".repeat(1_000)},
        {"é".repeat(1_900_000), 1, 2}
      };
      for (Object[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          insert.setObject(i + 1, row[i]);
        }
        insert.executeUpdate();
      }
    }

    complete(transfers.load("other", transfers.export("one", ALL)));

    assertThat(Differences.between(transfers.file(one), transfers.file(other))).isEmpty();
  }

  @Test
  void onlyRowsMayBeLongerThanAQuery() throws Exception {
    node.provision("one");
    String blob = HexFormat.of().formatHex(new byte[60_000]);

    for (String sql :
        List.of(
            "CREATE TABLE t(a); INSERT INTO t SELECT x'%s'",
            "CREATE TABLE t(a); UPDATE t SET a = x'%s'",
            "CREATE TABLE t(a); INSERT INTO t VALUES (hex(x'%s'))",
            "CREATE TABLE t(a DEFAULT x'%s')")) {
      JsonNode end = transfers.load("one", sql.formatted(blob));
      assertThat(end.path("error").asString()).as(sql).contains("too long");
    }
    assertThat(node.query("one", "{\"sql\":\"SELECT x'%s'\"}".formatted(blob)).statusCode())
        .isEqualTo(400);
    complete(
        transfers.load("one", "CREATE TABLE t(a);INSERT INTO t VALUES (x'%s')".formatted(blob)));
  }

  @Test
  void theShellsFormBringsBackVirtualTables() throws Exception {
    Binding one = node.provision("one");
    complete(transfers.load("one", EVERYTHING + SqliteFileImportTest.VIRTUAL));
    Path copy = folder.resolve("copy.db");

    String dump = transfers.export("one", new ExportOrder(false, false, List.of(), true));

    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = connection.createStatement()) {
      for (var part : dev.burgage.migrations.sql.StatementSplitter.split(dump)) {
        statement.execute(part.sql());
      }
    }
    assertThat(Differences.between(transfers.file(one), copy)).isEmpty();
  }
}
