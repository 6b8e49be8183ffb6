package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig;

class LiteralInsertTest {
  private static final Guard GUARD =
      Guard.of("enforced", Path.of(System.getProperty("java.io.tmpdir")));

  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE plain(a, b, c)",
          "CREATE TABLE rowid(a INTEGER PRIMARY KEY, b TEXT UNIQUE, c REAL NOT NULL DEFAULT 1)",
          "CREATE TABLE auto(a INTEGER PRIMARY KEY AUTOINCREMENT, b, c)",
          "CREATE TABLE without(a TEXT, b, c, PRIMARY KEY(a, b)) WITHOUT ROWID",
          "CREATE TABLE strict(a INT, b TEXT, c ANY) STRICT",
          """
          CREATE TABLE made(a, b CHECK(length(b) < 9), c, d AS (a || b), e AS (upper(c)) STORED,
            CHECK(json_patch(c, '{}') <> a))
          """,
          "CREATE INDEX made_partial ON made(lower(a), c) WHERE b > 5",
          "CREATE TABLE told(a REFERENCES rowid, b REFERENCES auto DEFERRABLE, c)",
          "CREATE TABLE log(x)",
          """
          CREATE TRIGGER told_in AFTER INSERT ON told WHEN new.a > 3 BEGIN
            INSERT INTO log VALUES (new.a || new.b), (hex(new.c)); UPDATE rowid SET c = new.c; END
          """,
          "CREATE VIEW seen AS SELECT a, b, c FROM plain",
          "CREATE TRIGGER seen_in INSTEAD OF INSERT ON seen BEGIN INSERT INTO made(a) VALUES"
              + " (new.b); END",
          "CREATE VIRTUAL TABLE words USING fts5(a, b, c)",
          "CREATE VIRTUAL TABLE boxes USING rtree(a, b, c)");

  private static final List<String> TABLES =
      List.of(
          "plain",
          "rowid",
          "auto",
          "without",
          "strict",
          "made(a, b, c)",
          "told",
          "seen",
          "words",
          "boxes");

  private static String literal(Random random) {
    return switch (random.nextInt(13)) {
      case 0 -> "NULL";
      case 1 -> "null";
      case 2 -> String.valueOf(random.nextInt(10));
      case 3 -> "-" + random.nextLong(Long.MAX_VALUE);
      case 4 -> "9223372036854775808";
      case 5 -> "- 1.5e3";
      case 6 -> "+0x7f";
      case 7 -> "''";
      case 8 -> "'it''s " + "x".repeat(random.nextInt(50)) + "'";
      case 9 -> "x''";
      case 10 -> "X'00ff'";
      case 11 -> "CAST(X'6100' AS TEXT)";
      default -> String.valueOf(random.nextGaussian());
    };
  }

  private static String row(Random random) {
    return IntStream.range(0, 3)
        .mapToObj(i -> literal(random))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  @Test
  void statementsOfOneShapeHaveTheProgramThatSqliteGivesEach() throws SQLException {
    var random = new Random(5);
    Map<String, Program> known = new HashMap<>();
    int again = 0;
    try (GuardedConnection guarded = GUARD.open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      guarded.permit(Policy.TRUSTED);
      for (String sql : SCHEMA) {
        try (PreparedStatement statement = guarded.jdbc().prepareStatement(sql)) {
          statement.execute();
        }
      }
      for (int i = 0; i < 20_000; i++) {
        String head = random.nextInt(4) == 0 ? "REPLACE INTO " : "INSERT INTO ";
        String sql =
            head
                + TABLES.get(random.nextInt(TABLES.size()))
                + " VALUES "
                + IntStream.rangeClosed(0, random.nextInt(8) == 0 ? 1 : 0)
                    .mapToObj(j -> row(random))
                    .collect(Collectors.joining(","));
        String shape = LiteralInsert.shape(sql);
        assertThat(shape).as(sql).isNotNull();
        Program program = Program.of(guarded.jdbc(), sql);
        Program first = known.putIfAbsent(shape, program);
        again += first == null ? 0 : 1;
        assertThat(program).as(sql).isEqualTo(first == null ? program : first);
      }
    }
    assertThat(again).isGreaterThan(10_000);
  }

  @Test
  void aShapeIsTheTextUpToTheValuesAndTheKindsOfTheLiterals() {
    assertThat(LiteralInsert.shape("INSERT INTO \"a b\"(x,\"y\") VALUES(1,'it''s; --');"))
        .isEqualTo("INSERT INTO \"a b\"(x,\"y\") VALUES(ns");
    assertThat(LiteralInsert.shape("insert or ignore into t values (-1.5e3, NULL, x'00'), (+0, 2,"))
        .isNull();
    assertThat(LiteralInsert.shape("replace into main.t values (-1, NULL), (x'00', 'b')"))
        .isEqualTo("replace into main.t values(n0(bs");
  }

  @Test
  void whatIsMoreThanLiteralsHasNoShape() {
    for (String sql :
        List.of(
            "INSERT INTO t SELECT 1",
            "INSERT INTO t VALUES (1 + 1)",
            "INSERT INTO t VALUES (abs(1))",
            "INSERT INTO t VALUES (\"a\")",
            "INSERT INTO t VALUES (CAST(x'00' AS INTEGER))",
            "INSERT INTO t VALUES (CAST('1' AS TEXT))",
            "INSERT INTO t VALUES (CAST(x'00' AS TEXT",
            "INSERT INTO t VALUES (?)",
            "INSERT INTO t VALUES (- -1)",
            "INSERT INTO t VALUES (-'1')",
            "INSERT INTO t VALUES (true)",
            "INSERT INTO t VALUES ((SELECT 1))",
            "INSERT INTO t VALUES ()",
            "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
            "INSERT INTO t VALUES (1) RETURNING a",
            "INSERT INTO t VALUES (1); SELECT 1",
            "INSERT INTO t SELECT a FROM u UNION VALUES (1)",
            "WITH c AS (SELECT 1) INSERT INTO t VALUES (1)",
            "EXPLAIN INSERT INTO t VALUES (1)",
            "INSERT INTO t DEFAULT VALUES",
            "UPDATE t SET a = 1",
            "INSERT INTO t VALUES (" + "1,".repeat(5_000) + "1)",
            "")) {
      assertThat(LiteralInsert.shape(sql)).as(sql).isNull();
    }
  }
}
