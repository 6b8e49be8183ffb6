package dev.burgage.node.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotTest {
  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  private byte[] database = new byte[0];
  private String said = "";

  @BeforeEach
  void start() throws Exception {
    Path file = folder.resolve("server.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "CREATE TABLE customer(id INTEGER PRIMARY KEY, email TEXT UNIQUE, name, note, phone)",
              "CREATE TABLE sale(customer REFERENCES customer(email), item)",
              "CREATE TABLE audit(what)",
              "CREATE TRIGGER seen AFTER UPDATE ON customer BEGIN INSERT INTO audit VALUES"
                  + " ('saw ' || old.name); END",
              "CREATE INDEX by_name ON customer(name)",
              "CREATE VIRTUAL TABLE names USING fts5(name, content='customer', content_rowid='id')",
              "INSERT INTO customer VALUES (1, 'SECRET.ann@real.org', 'SECRET Ann', 'SECRET', '1'),"
                  + " (2, 'SECRET.bob@real.org', 'SECRET Bob', NULL, NULL)",
              "INSERT INTO names(names) VALUES ('rebuild')",
              "INSERT INTO sale VALUES ('SECRET.ann@real.org', 'tea'), ('SECRET.ann@real.org',"
                  + " 'x')",
              "INSERT INTO audit VALUES ('SECRET')",
              "CREATE TABLE gone(x)",
              "INSERT INTO gone VALUES ('SECRET of old')",
              "DELETE FROM gone")) {
        statement.execute(sql);
      }
    }
    database = Files.readAllBytes(file);
    Files.delete(file);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean isRight =
              "Bearer t".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                  && exchange
                      .getRequestURI()
                      .getPath()
                      .equals("/v1/pools/shop/tenants/acme/export");
          byte[] body =
              isRight
                  ? database
                  : "{\"status\":403,\"detail\":\"not yours\",\"code\":\"forbidden\"}"
                      .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(isRight ? 200 : 403, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String token, String... further) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--from", "http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    arguments.addAll(List.of("--pool", "shop", "--tenant", "acme", "--to", folder.toString()));
    arguments.addAll(List.of(further));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status =
        SnapshotCommand.run(
            arguments.toArray(new String[0]),
            token,
            new PrintStream(out, true, StandardCharsets.UTF_8));
    said = out.toString(StandardCharsets.UTF_8);
    return status;
  }

  private int masked(String rules) throws IOException {
    Path file = Files.writeString(folder.resolve("rules.json"), rules);
    int status = run("t", "--mask", file.toString());
    Files.delete(file);
    return status;
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("acme.db"));
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        rows.add(found.getString(1));
      }
    }
    return rows;
  }

  private List<Path> left() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void nothingOfWhatIsMaskedIsInTheFile() throws Exception {
    assertThat(
            masked(
                """
                {"customer.email": "email", "sale.customer": "email", "customer.name": "hash",
                 "customer.note": null, "customer.phone": {"text": "it's 000"}, "audit": "empty"}
                """))
        .as(said)
        .isZero();
    assertThat(said).contains("masked by 6 rules");
    byte[] file = Files.readAllBytes(folder.resolve("acme.db"));
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContainIgnoringCase("SECRET");
    assertThat(left()).hasSize(1);
    assertThat(rows("PRAGMA integrity_check")).containsExactly("ok");
    assertThat(rows("SELECT count(*) FROM sale JOIN customer ON customer = email"))
        .containsExactly("2");
    assertThat(rows("SELECT email FROM customer"))
        .allMatch(email -> email.matches("user-[0-9a-f]{16}@example.com"))
        .doesNotHaveDuplicates();
    assertThat(rows("SELECT phone FROM customer ORDER BY id")).containsExactly("it's 000", null);
    assertThat(rows("SELECT note FROM customer")).containsExactly(null, null);
    assertThat(rows("SELECT count(*) FROM audit")).containsExactly("0");
    assertThat(rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
        .containsExactly("seen");
    assertThat(rows("SELECT count(*) FROM names WHERE names MATCH 'secret'")).containsExactly("0");
  }

  @Test
  void withoutRulesItIsAsOnTheServerAndSaysSo() throws Exception {
    assertThat(run("t")).isZero();
    assertThat(said).contains("NOT MASKED");
    assertThat(rows("SELECT name FROM customer")).containsExactly("SECRET Ann", "SECRET Bob");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"customer.mail\": \"hash\"} | customer.mail",
        "{\"client.name\": \"hash\"} | client",
        "{\"customer.name\": \"md5\"} | customer.name",
        "{\"customer.email\": {\"text\": \"x\"}} | customer.email",
        "{\"customer\": \"hash\"} | table.column",
        "[] | object",
        "{ | not JSON",
      })
  void aRuleThatCannotBeKeptLeavesNoFile(String rules, String named) throws Exception {
    assertThat(masked(rules)).isEqualTo(1);
    assertThat(said).contains(named);
    assertThat(left()).isEmpty();
  }

  @Test
  void whatTheServerRefusesIsTold() throws Exception {
    assertThat(run("other")).isEqualTo(1);
    assertThat(said).contains("answered 403: not yours");
    assertThat(run(" ")).isEqualTo(1);
    assertThat(left()).isEmpty();
  }

  @Test
  void aFileThatIsThereStays() throws Exception {
    assertThat(run("t")).isZero();
    assertThat(run("t")).isEqualTo(1);
    assertThat(said).contains("is there already");
    assertThat(left()).hasSize(1);
  }
}
