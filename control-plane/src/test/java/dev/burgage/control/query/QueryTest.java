package dev.burgage.control.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class QueryTest extends ControlPlaneTest {
  @Autowired private JdbcClient jdbc;

  @BeforeEach
  void tenant() {
    createPool();
    assertThat(create("acme").status()).isEqualTo(201);
  }

  @Test
  void aQueryGoesToTheOwnerAndBackUnchanged() {
    String body = "{\"sql\":\"select 1.0, 'ä'\" ,  \"params\":[1.0]}";
    Answer answer =
        Api.send(
            api.request(tenants() + "/acme/query?resultsFormat=ROWS_AND_COLUMNS")
                .header("Burgage-Integers", "exact")
                .POST(BodyPublishers.ofString(body)));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().body()).isEqualTo(body);
    assertThat(answer.header("Burgage-Seen-Query")).isEqualTo("resultsFormat=ROWS_AND_COLUMNS");
    assertThat(answer.header("Burgage-Seen-Integers")).isEqualTo("exact");
    assertThat(answer.header("x-cf-d1-session-commit-token")).isEqualTo("bookmark-1");
  }

  @Test
  void theNodesRefusalComesBackAsItIs() {
    Answer answer = api.post(tenants() + "/acme/execute", "{\"sql\":\"bad\"}");

    assertThat(answer.response().body()).isEqualTo("{\"sql\":\"bad\"}");
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void whatIsRefusedHereReadsAsD1sErrorsToo() {
    Answer unknown = api.post(tenants() + "/nobody/query", "{}");

    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.code()).isEqualTo("unknown_tenant");
    assertThat(unknown.json().path("success").asBoolean(true)).isFalse();
    assertThat(unknown.text("error")).contains("nobody");
  }

  @Test
  void aNodeThatIsAwayIsToldAsSuch() {
    FakeNode away = joined("away-" + pool);
    await("it is live", () -> isLive(away.name().value()));
    jdbc.sql("update binding set node = ? where pool = ?")
        .params(away.name().value(), pool)
        .update();
    away.close();

    Answer answer = api.post(tenants() + "/acme/query", "{}");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.code()).isEqualTo("node_unavailable");
  }

  @Test
  void aQueryMayBeLargerThanOtherBodiesButNotEndless() {
    String large = "\"" + "a".repeat(3_000_000) + "\"";
    String tooLarge = "\"" + "a".repeat(11_000_000) + "\"";

    assertThat(api.post(tenants() + "/acme/query", large).status()).isEqualTo(200);
    assertThat(api.post(tenants() + "/acme/query", tooLarge).status()).isEqualTo(413);
  }
}
