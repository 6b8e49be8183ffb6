package dev.burgage.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// An HTTP server that gives prepared answers in turn and keeps the requests that it got.
final class StubServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();

  StubServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException("no port on the loopback interface", e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /// Answers one request.
  interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  record Request(
      String method, String uri, Map<String, List<String>> headers, String body, int clientPort) {
    @Nullable String header(String name) {
      return headers.entrySet().stream()
          .filter(e -> e.getKey().equalsIgnoreCase(name))
          .map(e -> e.getValue().getFirst())
          .findFirst()
          .orElse(null);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  StubServer then(Reply reply) {
    replies.add(reply);
    return this;
  }

  StubServer then(int status, String body) {
    return then(status, body, Map.of());
  }

  StubServer then(int status, String body, Map<String, String> headers) {
    return then(exchange -> write(exchange, status, body, headers));
  }

  /// A good answer to a query, with these columns and rows as JSON.
  StubServer thenRows(String columns, String rows) {
    return then(200, "[" + result(columns, rows) + "]");
  }

  static String result(String columns, String rows) {
    return """
    {"success":true,"meta":{"served_by":"n1","duration":0.5,"changes":1,"last_row_id":2,\
    "changed_db":true,"size_after":8192,"rows_read":3,"rows_written":4,"timings":{"x":1}},\
    "results":{"columns":%s,"rows":%s}}\
    """
        .formatted(columns, rows);
  }

  Request last() {
    return requests.getLast();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            body,
            exchange.getRemoteAddress().getPort()));
    Reply reply = replies.poll();
    if (reply == null) {
      write(exchange, 500, "the test prepared no answer", Map.of());
      return;
    }
    reply.to(exchange);
  }

  private static void write(
      HttpExchange exchange, int status, String body, Map<String, String> headers)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::add);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
