package dev.burgage.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.burgage.d1.D1Database;
import dev.burgage.d1.D1Exception;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {
  private final StubServer server = new StubServer();

  @AfterEach
  void close() {
    server.close();
  }

  private D1Exception failure() {
    try (Burgage burgage = builder().build()) {
      return failureOf(burgage);
    }
  }

  private Burgage.Builder builder() {
    return Burgage.builder(server.url(), "t").retryFor(Duration.ZERO);
  }

  private static D1Exception failureOf(Burgage burgage) {
    D1Database acme = burgage.pool("shop").get("acme");
    return catchThrowableOfType(D1Exception.class, () -> acme.prepare("x").all());
  }

  @Test
  void sqlErrorHasTheTextOfD1AndTheCode() {
    server.then(
        400,
        """
        {"type":"urn:burgage:error:sql_error","title":"The SQL failed","status":400,\
        "detail":"no such table: nope: SQLITE_ERROR","code":"sql_error","success":false,\
        "error":"no such table: nope: SQLITE_ERROR"}\
        """);
    D1Exception failure = failure();
    assertThat(failure).hasMessage("D1_ERROR: no such table: nope: SQLITE_ERROR");
    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(failure.isRetryable()).isFalse();
  }

  @Test
  void failureWithStatus200IsAFailureAsWithD1Itself() {
    server.then(200, "{\"success\":false,\"error\":\"near \\\"x\\\": syntax error\"}");
    assertThat(failure()).hasMessage("D1_ERROR: near \"x\": syntax error");
  }

  @Test
  void problemWithoutTheTextOfD1ShowsItsDetail() {
    server.then(401, "{\"status\":401,\"detail\":\"send a token\",\"code\":\"unauthorized\"}");
    D1Exception failure = failure();
    assertThat(failure).hasMessage("D1_ERROR: send a token");
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
  }

  @Test
  void codeOfANewerServerIsReadAsAFailureOfTheServer() {
    server.then(418, "{\"error\":\"tea\",\"code\":\"teapot\"}");
    assertThat(failure().code()).isEqualTo(ErrorCode.INTERNAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>502</html>", "", "[{\"success\":true", "null", "[1]", "[[]]", "7"})
  void answerThatIsNoResultIsShownInTheWordsOfD1(String body) {
    server.then(200, body);
    D1Exception failure = failure();
    assertThat(failure.getMessage()).startsWith("D1_ERROR: Failed to parse body as JSON, got: ");
    assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(failure.isRetryable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[[true]]", "[[{}]]", "[[[256]]]", "[[[-1]]]", "[1]", "{}"})
  void rowsOfAnotherShapeAreRefused(String rows) {
    server.thenRows("[\"a\"]", rows);
    assertThat(failure().getMessage()).startsWith("D1_ERROR: Failed to parse body as JSON, got: ");
  }

  @Test
  void longAnswerIsCutInTheMessage() {
    server.then(502, "x".repeat(100_000));
    assertThat(failure().getMessage()).hasSizeLessThan(600);
  }

  @Test
  void resultsMustMatchTheStatements() {
    server.then(200, "[]");
    assertThat(failure()).hasMessage("D1_ERROR: The answer has 0 results for 1 statements");
  }

  @Test
  void connectionThatBreaksBeforeTheAnswerLeavesTheOutcomeOpen() {
    server.then(exchange -> {
      exchange.close();
      throw new IOException("the server dies");
    });
    D1Exception failure = failure();
    assertThat(failure)
        .hasMessage("D1_ERROR: Network connection lost.")
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(failure.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(failure.isRetryable()).isFalse();
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void answerThatIsCutOffLeavesTheOutcomeOpen() {
    server.then(exchange -> {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write('[');
      exchange.getResponseBody().flush();
      throw new IOException("the server dies");
    });
    D1Exception failure = failure();
    assertThat(failure).hasMessage("D1_ERROR: Network connection lost.");
    assertThat(failure.isRetryable()).isFalse();
  }

  @Test
  void nobodyListeningMeansNothingWasCarriedOut() throws IOException {
    int port;
    try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closedSoon.getLocalPort();
    }
    try (Burgage burgage =
        Burgage.builder(URI.create("http://127.0.0.1:" + port), "t")
            .retryFor(Duration.ZERO)
            .build()) {
      D1Exception failure = failureOf(burgage);
      assertThat(failure).hasMessage("D1_ERROR: Network connection lost.");
      assertThat(failure.code()).isEqualTo(ErrorCode.NODE_UNAVAILABLE);
      assertThat(failure.isRetryable()).isTrue();
    }
  }

  @Test
  void serverThatNeverAnswersIsGivenUp() {
    CountDownLatch end = new CountDownLatch(1);
    server.then(exchange -> hold(end));
    assertGivenUp(end);
  }

  @Test
  void answerThatNeverEndsIsGivenUpToo() {
    CountDownLatch end = new CountDownLatch(1);
    server.then(exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write('[');
      exchange.getResponseBody().flush();
      hold(end);
    });
    assertGivenUp(end);
  }

  private void assertGivenUp(CountDownLatch end) {
    try (Burgage burgage = builder().requestTimeout(Duration.ofMillis(100)).build()) {
      D1Exception failure = failureOf(burgage);
      assertThat(failure).hasMessage("D1_ERROR: Network connection lost.");
      assertThat(failure).hasStackTraceContaining("no whole answer within PT0.1S");
      assertThat(failure.isRetryable()).isFalse();
    } finally {
      end.countDown();
    }
  }

  private static void hold(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void answerBeyondTheLimitIsRefused() {
    server.thenRows("[\"a\"]", "[[\"" + "x".repeat(5_000) + "\"]]");
    try (Burgage burgage = builder().answerBytesMax(1_000).build()) {
      assertThat(failureOf(burgage)).hasMessage("D1_ERROR: Network connection lost.");
    }
  }

  @Test
  void interruptionEndsTheWaitAndIsKept() {
    try (Burgage burgage = builder().build()) {
      server.thenRows("[]", "[]");
      Thread.currentThread().interrupt();
      assertThat(failureOf(burgage).isRetryable()).isFalse();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void execHasItsOwnPrefix() {
    server.then(400, "{\"success\":false,\"error\":\"boom\",\"code\":\"sql_error\"}");
    try (Burgage burgage = builder().build()) {
      D1Database acme = burgage.pool("shop").get("acme");
      D1Exception failure =
          catchThrowableOfType(D1Exception.class, () -> acme.exec("SELECT 1\nSELECT 2"));
      assertThat(failure).hasMessage("D1_EXEC_ERROR: boom");
    }
    assertThat(server.requests.stream().map(StubServer.Request::body).toList())
        .isEqualTo(
            List.of("[{\"sql\":\"SELECT 1\",\"params\":[]},{\"sql\":\"SELECT 2\",\"params\":[]}]"));
  }
}
