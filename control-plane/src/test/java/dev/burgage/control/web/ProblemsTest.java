package dev.burgage.control.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemsTest extends ControlPlaneTest {
  @BeforeEach
  void pool() {
    createPool();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "-a", ".hidden", "a/b", "a b", "", "ä", "a\\u0000b"})
  void anIdThatIsNoNameIsRefused(String id) {
    Answer refused = create(id);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("invalid_name");
    assertThat(refused.text("detail")).contains("1 to 63");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%2e%2e", "a%20b", "-a", "%00"})
  void anIdInAPathIsCheckedToo(String id) {
    Answer refused = api.get(tenants() + "/" + id);

    assertThat(refused.status()).isIn(400, 404);
    assertThat(refused.response().body()).doesNotContain("<html");
  }

  @Test
  void malformedJsonNamesThePlace() {
    Answer refused = api.post(tenants(), "{\"id\": \"acme\",\n oops}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("invalid_request");
    assertThat(refused.text("detail")).contains("line 2");
  }

  @Test
  void jsonOfAnotherShapeNamesTheField() {
    assertThat(api.post(tenants(), "{\"id\":\"acme\",\"labels\":7}").text("detail"))
        .contains("labels");
    assertThat(api.post(tenants(), "[]").code()).isEqualTo("invalid_request");
    assertThat(api.post(tenants(), "{}").text("detail")).contains("\"id\" is missing");
    assertThat(api.post(tenants(), "").code()).isEqualTo("invalid_request");
    assertThat(api.post("/v1/pools", "{\"name\":\"x\",\"engine\":\"oracle\"}").text("detail"))
        .contains("engine must be");
    assertThat(api.post(tenants(), "{\"id\":\"acme\",\"labels\":{\"a\":null}}").code())
        .isEqualTo("invalid_request");
  }

  @Test
  void whatIsNotThereIsToldAsAProblem() {
    assertThat(api.get("/v1/none").code()).isEqualTo("not_found");
    assertThat(api.get(tenants() + "/none").code()).isEqualTo("unknown_tenant");
    assertThat(api.get("/v1/pools/none").code()).isEqualTo("unknown_pool");
    assertThat(api.post("/v1/pools/none/tenants", "{\"id\":\"a\"}").code())
        .isEqualTo("unknown_pool");
    assertThat(api.get("/error").code()).startsWith("in");
  }

  @Test
  void methodAndMediaTypeAreTold() {
    Answer method = api.delete("/v1/nodes");
    Answer media =
        Api.send(
            api.request("/v1/pools")
                .setHeader("Content-Type", "text/xml")
                .POST(BodyPublishers.ofString("<a/>")));

    assertThat(method.code()).isEqualTo("method_not_allowed");
    assertThat(method.header("Allow")).contains("GET");
    assertThat(media.code()).isEqualTo("unsupported_media_type");
  }

  @Test
  void aBodyOverTheLimitIsRefusedWhetherItsLengthIsToldOrNot() {
    byte[] large = ("{\"id\":\"" + "a".repeat(1_100_000) + "\"}").getBytes(StandardCharsets.UTF_8);

    Answer declared = Api.send(api.request(tenants()).POST(BodyPublishers.ofByteArray(large)));
    Answer chunked =
        Api.send(
            api.request(tenants())
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));

    assertThat(declared.code()).isEqualTo("body_too_large");
    assertThat(chunked.code()).isEqualTo("body_too_large");
    assertThat(chunked.status()).isEqualTo(413);
  }

  @Test
  void whatIsNoHttpIsRefusedWithoutTellingTheServer() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.base().getPort())) {
      socket
          .getOutputStream()
          .write("GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(5_000);
      String answer = new String(socket.getInputStream().readNBytes(400), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
      assertThat(answer).doesNotContainIgnoringCase("tomcat").doesNotContain("<html");
    }
  }

  @Test
  void theApiDescribesItselfWithTitlesAndExamples() {
    Answer openApi = api.get("/v1/openapi.json");

    assertThat(openApi.status()).isEqualTo(200);
    assertThat(openApi.json().path("info").path("title").asString()).isEqualTo("Burgage");
    var paths = openApi.json().path("paths");
    assertThat(paths.propertyNames())
        .contains("/v1/pools", "/v1/pools/{pool}/tenants", "/v1/nodes")
        .doesNotContain("/error");
    for (var path : paths) {
      for (var operation : path) {
        assertThat(operation.path("summary").asString()).isNotBlank();
      }
    }
  }

  @Test
  void metricsAreThereAndNameNoTenant() {
    create("secret-tenant");

    String metrics = api.get("/actuator/prometheus").response().body();

    assertThat(metrics)
        .contains(
            "burgage_provision_seconds_count", "burgage_feed_streams", "burgage_feed_lag_seconds")
        .doesNotContain("secret-tenant")
        .doesNotContain(pool);
  }
}
