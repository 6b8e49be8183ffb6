package dev.burgage.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest extends ControlPlaneTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/pools",
        "/v1/openapi.json",
        "/actuator/prometheus",
        "/actuator",
        "/",
        "/none",
        "/error",
        "/v1/nodes/node-a/bindings/p/t"
      })
  void withoutATokenThereIsOnlyHealth(String path) {
    Answer refused = api("").get(path);

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.code()).isEqualTo("unauthorized");
    assertThat(refused.header("WWW-Authenticate")).isEqualTo("Bearer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
  void healthIsOpen(String path) {
    assertThat(api("").get(path).text("status")).isEqualTo("UP");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/../../v1/pools",
        "/actuator/health/%2e%2e/%2e%2e/v1/pools",
        "/actuator/health;/../../v1/pools",
        "/actuator/health/..;/..;/v1/pools",
        "/actuator/healthy",
        "/v1/pools;/actuator/health",
        "//v1/pools"
      })
  void noPathGoesAroundTheDoor(String path) {
    Answer answer =
        Api.send(
            java.net.http.HttpRequest.newBuilder(java.net.URI.create(api.base() + path)).GET());

    assertThat(answer.status()).isIn(400, 401, 404);
    assertThat(answer.response().body()).doesNotContain("\"pools\"");
  }

  @Test
  void aWrongTokenIsRefused() {
    assertThat(api(TOKEN + "x").get("/v1/pools").status()).isEqualTo(401);
    assertThat(api("bgn.node-a.wrong").get("/v1/pools").status()).isEqualTo(401);
    assertThat(api("bgn.../.wrong").get("/v1/pools").status()).isEqualTo(401);
  }

  @Test
  void aNodesTokenReachesItsOwnPathsOnly() {
    String token = api.post("/v1/nodes", "{\"name\":\"access-1\"}").text("token");
    api.post("/v1/nodes", "{\"name\":\"access-2\"}");

    assertThat(token).matches("bgn\\.access-1\\.[A-Za-z0-9_-]{43}");
    assertThat(api(token).get("/v1/nodes/access-1/bindings/p/t").code())
        .isEqualTo("unknown_tenant");
    assertThat(api(token).get("/v1/nodes/access-2/bindings/p/t").code()).isEqualTo("forbidden");
    assertThat(api(token).get("/v1/pools").code()).isEqualTo("forbidden");
    assertThat(api(token).get("/v1/nodes").code()).isEqualTo("forbidden");
    assertThat(api.get("/v1/nodes/access-1/bindings/p/t").code()).isEqualTo("forbidden");
    assertThat(api.post("/v1/nodes", "{\"name\":\"access-1\"}").code()).isEqualTo("conflict");
  }
}
