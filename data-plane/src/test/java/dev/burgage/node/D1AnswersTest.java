package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What real D1 answers, as it was measured (workerd 2026-11-17).
class D1AnswersTest {
  private NodeHarness node;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    node = new NodeHarness(folder);
    node.provision("acme");
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private JsonNode answer(String body) throws IOException {
    return Json.mapper().readTree(node.query("acme", body).body());
  }

  @ParameterizedTest
  @CsvSource({"'[1.5,2]', 0102", "'[300]', 2C", "'[-1]', FF", "'[]', ''", "'[0,255]', 00FF"})
  void anArrayParameterBecomesBytesAsUint8ArrayTakesNumbers(String array, String hex)
      throws IOException {
    JsonNode answer = answer("{\"sql\":\"SELECT hex(?) AS h\",\"params\":[" + array + "]}");
    assertThat(answer.at("/0/results/0/h").asString()).isEqualTo(hex);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1 AS a|SELECT 1 AS a|2",
        "SELECT 1 AS a||1",
        "-- one|SELECT 1 AS a|1",
        "SELECT 1 AS a|  -- two|1",
        "\\n  \\t|SELECT 1 AS a|1"
      })
  void blankStatementsOfABatchAreDropped(String first, String second, int results)
      throws IOException {
    String body =
        "[{\"sql\":\"%s\"},{\"sql\":\"%s\"}]".formatted(first, second == null ? "" : second);
    assertThat(answer(body).size()).isEqualTo(results);
  }

  @Test
  void aBatchWithACommentInAStatementsPlaceFails() throws IOException {
    JsonNode answer = answer("[{\"sql\":\"SELECT 1\"},{\"sql\":\"/* */\"}]");
    assertThat(answer.path("error").asString()).isEqualTo("SQL code did not contain a statement.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE TABLE m(a)|true",
        "CREATE TABLE IF NOT EXISTS there(a)|false",
        "ALTER TABLE there ADD COLUMN b|true",
        "PRAGMA defer_foreign_keys=ON|false",
        "INSERT INTO there VALUES (1)|true",
        "UPDATE there SET a = 1|false",
        "DROP TABLE IF EXISTS nope|false"
      })
  void changedDbSaysWhetherSomethingChanged(String sql, boolean changed) throws IOException {
    answer("{\"sql\":\"CREATE TABLE there(a)\"}");
    assertThat(answer("{\"sql\":\"" + sql + "\"}").at("/0/meta/changed_db").asBoolean())
        .isEqualTo(changed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1 FROM FROM x|near \"FROM\": syntax error at offset 14: SQLITE_ERROR",
        "SELECT 'äöü', FROM|near \"FROM\": syntax error at offset 17: SQLITE_ERROR",
        "SELECT nope|no such column: nope at offset 7: SQLITE_ERROR",
        "SELECT nope(1)|no such function: nope at offset 7: SQLITE_ERROR",
        "SELECT 1; SELEKT|near \"SELEKT\": syntax error at offset 0: SQLITE_ERROR",
        "SELECT * FROM nope|no such table: nope: SQLITE_ERROR",
        "SELECT (|incomplete input: SQLITE_ERROR"
      })
  void errorsSayWhereTheStatementIsWrong(String sql, String error) throws IOException {
    String body = new String(Json.bytes(Map.of("sql", sql)), StandardCharsets.UTF_8);
    assertThat(answer(body).path("error").asString()).isEqualTo(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM r|4|0",
        "SELECT * FROM r WHERE id = 2|1|0",
        "SELECT * FROM r WHERE a > 2|4|0",
        "SELECT count(*) FROM r|4|0",
        "INSERT INTO r(a, e) VALUES (5, 'x'), (6, 'y')|0|4",
        "UPDATE r SET a = 9 WHERE id = 1|1|1",
        "UPDATE r SET e = 'z' WHERE id = 1|1|2",
        "DELETE FROM r WHERE id = 1|1|1"
      })
  void rowsReadAndWrittenAreCountedAsD1CountsThem(String sql, long read, long written)
      throws IOException {
    answer("{\"sql\":\"CREATE TABLE r(id INTEGER PRIMARY KEY, a, e TEXT UNIQUE)\"}");
    answer("{\"sql\":\"INSERT INTO r(a, e) VALUES (1,'a'),(2,'b'),(3,'c'),(4,'d')\"}");
    JsonNode meta = answer("{\"sql\":\"" + sql + "\"}").at("/0/meta");
    assertThat(meta.path("rows_read").asLong()).as("rows_read").isEqualTo(read);
    assertThat(meta.path("rows_written").asLong()).as("rows_written").isEqualTo(written);
  }
}
