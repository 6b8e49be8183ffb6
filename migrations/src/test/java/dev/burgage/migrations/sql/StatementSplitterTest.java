package dev.burgage.migrations.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StatementSplitterTest {
  /// Each prepares in a database that has the table t(a, b).
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT 1;",
          "SELECT 'a;b', \"a\", [b], `a` FROM t;",
          "SELECT 'it''s; -- no comment' /* ; */ FROM t -- ; end\n;",
          "INSERT INTO t VALUES (1, ';');",
          "CREATE TABLE \"odd;name\" (x);",
          "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM t; END;",
          "create temp trigger r after delete on t begin select case when 1 then 2 end; end;",
          "CrEaTe TEMPORARY tRiGgEr IF NOT EXISTS r AFTER DELETE ON t BeGiN"
              + " SELECT 'END;'; /* END; */ SELECT 1; eNd  /* the end */ ;",
          "EXPLAIN CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;",
          "EXPLAIN QUERY PLAN SELECT * FROM t;",
          "CREATE TABLE u (\"end\" TEXT, \"trigger\" INTEGER);",
          "DELETE FROM t WHERE a = 'é;ü' AND b <> '🦆;';");

  private static final List<String> BETWEEN =
      List.of("", " ", "\n", "\r\n\t", "-- a; comment\n", "/* a; b */", " ;; ", "\f");

  private static final String ALPHABET = ";;;'\"`[]-/* \n\tabexEND.,()$é\uFEFF\u000B";

  @Test
  void piecesJoinedAreTheScript() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String script = noise(random);

      List<SqlStatement> statements = StatementSplitter.split(script);

      int position = 0;
      for (SqlStatement statement : statements) {
        assertThat(StatementSplitter.firstKeyword(script.substring(position, statement.offset())))
            .as("what was left out of %s", script)
            .isEmpty();
        assertThat(script).startsWith(script.substring(0, statement.offset()) + statement.sql());
        position = statement.offset() + statement.sql().length();
      }
      assertThat(StatementSplitter.firstKeyword(script.substring(position))).isEmpty();
    }
  }

  @Test
  void scriptOfKnownStatementsSplitsBackIntoThem() {
    Random random = new Random(11);
    for (int i = 0; i < 5_000; i++) {
      List<String> expected = new ArrayList<>();
      StringBuilder script = new StringBuilder();
      for (int n = random.nextInt(6); n >= 0; n--) {
        String statement = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
        expected.add(statement);
        script.append(BETWEEN.get(random.nextInt(BETWEEN.size()))).append(statement);
      }
      script.append(BETWEEN.get(random.nextInt(BETWEEN.size())));

      List<SqlStatement> statements = StatementSplitter.split(script.toString());

      assertThat(statements).hasSameSizeAs(expected);
      for (int k = 0; k < expected.size(); k++) {
        assertThat(statements.get(k).sql()).endsWith(expected.get(k));
      }
    }
  }

  @Test
  void everyPiecePreparesAloneInSqlite() throws SQLException {
    String script = String.join("\n", STATEMENTS);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      prepareAndRun(connection, "CREATE TABLE t (a, b)");
      for (SqlStatement statement : StatementSplitter.split(script)) {
        try (PreparedStatement prepared = connection.prepareStatement(statement.sql())) {
          assertThat(prepared).isNotNull();
        }
      }
    }
  }

  @Test
  void pieceOfBlanksAndCommentsIsLeftOut() {
    assertThat(StatementSplitter.split("")).isEmpty();
    assertThat(StatementSplitter.split(" ;;\n-- nothing;\n/* ; */;\uFEFF; \u000B")).isEmpty();
    assertThat(StatementSplitter.split("SELECT 1")).hasSize(1);
    assertThat(StatementSplitter.split("SELECT 1; -- done")).hasSize(1);
  }

  @Test
  void statementKnowsItsPlace() {
    List<SqlStatement> statements =
        StatementSplitter.split("SELECT 1;\n\n-- why\nSELECT\n 2;/* a\nb */ SELECT 3;");

    assertThat(statements).extracting(SqlStatement::line).containsExactly(1, 4, 6);
    assertThat(statements).extracting(SqlStatement::number).containsExactly(1, 2, 3);
  }

  @Test
  void firstKeywordSkipsWhatSqliteSkips() {
    assertThat(StatementSplitter.firstKeyword("\uFEFF ;; -- x\n/* y */ select 1"))
        .isEqualTo("SELECT");
    assertThat(StatementSplitter.firstKeyword("explain Query plan delete from t"))
        .isEqualTo("DELETE");
    assertThat(StatementSplitter.firstKeyword("EXPLAIN/**/PRAGMA user_version"))
        .isEqualTo("PRAGMA");
    assertThat(StatementSplitter.firstKeyword("query 1")).isEqualTo("QUERY");
    assertThat(StatementSplitter.firstKeyword("(select 1)")).isEqualTo("(");
    assertThat(StatementSplitter.firstKeyword("/* never closed")).isEmpty();
    assertThat(StatementSplitter.firstKeyword("")).isEmpty();
  }

  private static String noise(Random random) {
    StringBuilder noise = new StringBuilder();
    for (int n = random.nextInt(30); n >= 0; n--) {
      switch (random.nextInt(12)) {
        case 0 -> noise.append(" create trigger ");
        case 1 -> noise.append("; end ;");
        case 2 -> noise.append(STATEMENTS.get(random.nextInt(STATEMENTS.size())));
        default -> noise.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
    }
    return noise.toString();
  }

  private static void prepareAndRun(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }
}
