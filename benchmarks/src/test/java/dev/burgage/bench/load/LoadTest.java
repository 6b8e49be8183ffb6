package dev.burgage.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadTest {
  private final AtomicInteger served = new AtomicInteger();
  private HttpServer server;
  private URI origin;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/good", exchange -> answer(exchange, 200, "right"));
    server.createContext("/wrong", exchange -> answer(exchange, 200, "left"));
    server.createContext("/bad", exchange -> answer(exchange, 500, "right"));
    server.start();
    origin = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aClosedLoopSendsExactlyTheWantedRequests() throws IOException {
    LoadResult result = ClosedLoop.run(origin, requests("/good"), 3, Extent.ofRequests(50));
    assertThat(result.requests()).isEqualTo(50);
    assertThat(served).hasValue(50);
    assertThat(result.errors()).isZero();
    assertThat(result.latencies().getTotalCount()).isEqualTo(50);
    assertThat(result.requestsPerSecond()).isPositive();
  }

  @Test
  void aRightStatusWithAWrongBodyIsAnError() throws IOException {
    LoadResult result = ClosedLoop.run(origin, requests("/wrong"), 1, Extent.ofRequests(5));
    assertThat(result.errors()).isEqualTo(5);
    assertThat(result.firstError()).isEqualTo("HTTP 200: left");
  }

  @Test
  void aWrongStatusIsAnError() throws IOException {
    LoadResult result = ClosedLoop.run(origin, requests("/bad"), 2, Extent.ofRequests(6));
    assertThat(result.errors()).isEqualTo(6);
    assertThat(result.firstError()).isEqualTo("HTTP 500: right");
  }

  @Test
  void blockingCallsReuseTheirConnection() throws IOException {
    try (var connections = new Connections(origin, Map.of("X-Test", "1"))) {
      for (int i = 0; i < 3; i++) {
        Connections.Answer answer = connections.call("POST", "/good", "{}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("right");
      }
    }
    assertThat(served).hasValue(3);
  }

  @Test
  void anOpenLoopCountsTimeFromTheIntendedStart() throws InterruptedException {
    Histogram latencies = LoadResult.newHistogram();
    // One slow action holds up the one lane; all that were due meanwhile waited, and it must show.
    var lane = new Object();
    OpenLoop.Outcome outcome =
        OpenLoop.run(
            1_000,
            20,
            (index, intended) -> {
              synchronized (lane) {
                if (index == 0) {
                  Thread.sleep(60);
                }
                latencies.recordValue(System.nanoTime() - intended);
              }
            });
    assertThat(outcome.failed()).isZero();
    assertThat(latencies.getTotalCount()).isEqualTo(20);
    assertThat(latencies.getMaxValue()).isGreaterThanOrEqualTo(60_000_000);
    assertThat(outcome.elapsedNanos()).isGreaterThanOrEqualTo(19_000_000);
  }

  @Test
  void anActionThatThrowsIsCountedAndTheRestGoOn() throws InterruptedException {
    var ran = new AtomicInteger();
    OpenLoop.Outcome outcome =
        OpenLoop.run(
            10_000,
            10,
            (index, _) -> {
              ran.incrementAndGet();
              if (index % 2 == 0) {
                throw new IOException("number " + index);
              }
            });
    assertThat(ran).hasValue(10);
    assertThat(outcome.failed()).isEqualTo(5);
    assertThat(outcome.firstFailure()).isInstanceOf(IOException.class);
  }

  private void answer(HttpExchange exchange, int status, String text) throws IOException {
    served.incrementAndGet();
    exchange.getRequestBody().readAllBytes();
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static RequestSet requests(String path) {
    return new RequestSet(
        List.of(
            PreparedRequest.of("GET", path, Map.of(), "", "right"),
            PreparedRequest.of("POST", path, Map.of(), "{\"a\":1}", "right")));
  }
}
