package dev.burgage.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedCodec;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.Join;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// A control plane that sends what a test tells it to send, over real HTTP.
final class FakeControlPlane implements AutoCloseable {
  private final HttpServer server;
  private final List<FeedMessage> history = new ArrayList<>();
  private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
  private final Map<String, Binding> lookups = new ConcurrentHashMap<>();
  private final List<Revision> acknowledged = new CopyOnWriteArrayList<>();
  private final List<Join> joins = new CopyOnWriteArrayList<>();
  private final List<Told> told = new CopyOnWriteArrayList<>();
  private volatile int toldStatus = 204;
  private int lookupCount;

  /// What a node has told of a database that it has woken.
  record Told(UUID rollout, ApplyOutcome outcome) {}

  FakeControlPlane() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/nodes/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  synchronized void send(FeedMessage... messages) throws IOException {
    for (FeedMessage message : messages) {
      history.add(message);
      for (OutputStream stream : streams) {
        write(stream, message);
      }
    }
  }

  /// Makes the binding one that the stream does not carry (yet), but a question finds.
  void answerLookup(Binding binding) {
    lookups.put(binding.pool() + "/" + binding.tenant(), binding);
  }

  List<Revision> acknowledged() {
    return acknowledged;
  }

  List<Join> joins() {
    return joins;
  }

  synchronized int lookupCount() {
    return lookupCount;
  }

  List<Told> told() {
    return told;
  }

  /// What the next tellings are answered; with 204 they are heard.
  void answerTelling(int status) {
    toldStatus = status;
  }

  String orderToken() {
    return joins.getLast().orderToken();
  }

  private void write(OutputStream stream, FeedMessage message) {
    try {
      stream.write(FeedCodec.encode(message));
      stream.flush();
    } catch (IOException e) {
      streams.remove(stream);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/feed")) {
      feed(exchange);
      return;
    }
    try (exchange) {
      if (path.endsWith("/acknowledgement")) {
        acknowledged.add(Json.read(exchange.getRequestBody(), Acknowledgement.class).revision());
        exchange.sendResponseHeaders(204, -1);
      } else if (path.contains("/migrated/")) {
        hear(exchange, UUID.fromString(path.substring(path.lastIndexOf('/') + 1)));
      } else {
        lookup(exchange, path);
      }
    }
  }

  private void hear(HttpExchange exchange, UUID rollout) throws IOException {
    ApplyOutcomes outcomes = Json.read(exchange.getRequestBody(), ApplyOutcomes.class);
    int status = toldStatus;
    if (status == 204) {
      outcomes.outcomes().forEach(outcome -> told.add(new Told(rollout, outcome)));
    }
    exchange.sendResponseHeaders(status, -1);
  }

  private void lookup(HttpExchange exchange, String path) throws IOException {
    synchronized (this) {
      lookupCount++;
    }
    @Nullable Binding found = lookups.get(path.substring(path.indexOf("/bindings/") + 10));
    if (found == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    byte[] body = Json.bytes(found);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private synchronized void feed(HttpExchange exchange) throws IOException {
    joins.add(Json.read(exchange.getRequestBody(), Join.class));
    exchange.sendResponseHeaders(200, 0);
    OutputStream stream = exchange.getResponseBody();
    // A snapshot ends at the first position: all is in it, or a node that joins again would forget
    // what comes after.
    FeedMessage.Position last = null;
    for (FeedMessage message : history) {
      if (message instanceof FeedMessage.Position position) {
        last = position;
      } else {
        write(stream, message);
      }
    }
    if (last != null) {
      write(stream, last);
    }
    streams.add(stream);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
