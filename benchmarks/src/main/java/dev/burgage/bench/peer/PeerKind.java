package dev.burgage.bench.peer;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The peers of the request scenario, apart from Burgage itself ([BurgagePeers]).
public enum PeerKind {
  HELLO,
  IN_PROCESS_JDBC,
  MINIFLARE_D1,
  SPRING_POSTGRESQL,
  FASTIFY_SQLITE;

  private static final Duration START_MAX = Duration.ofMinutes(5);
  private static final int WARM_UP = 10_000;
  // With 100,000, durable inserts still became cheaper from round to round.
  static final int WARM_UP_JVM = 400_000;
  // Spring MVC's CPU per request falls until about here.
  private static final int WARM_UP_SPRING = 100_000;

  /// Why it cannot run here, or empty.
  public Optional<String> missing(Workplace workplace) {
    return switch (this) {
      case HELLO, IN_PROCESS_JDBC -> Optional.empty();
      case MINIFLARE_D1 -> NpmTools.missing(workplace, "miniflare");
      case FASTIFY_SQLITE -> NpmTools.missing(workplace, "fastify");
      case SPRING_POSTGRESQL -> SpringPeer.missing(workplace);
    };
  }

  /// @param quick smaller data where that saves minutes
  public Peer start(Workplace workplace, boolean quick) throws IOException {
    return switch (this) {
      case HELLO -> hello(workplace);
      case IN_PROCESS_JDBC -> InProcessPeer.start(workplace);
      case MINIFLARE_D1 -> npm(workplace, "miniflare", WARM_UP / 2);
      case FASTIFY_SQLITE -> npm(workplace, "fastify", WARM_UP);
      case SPRING_POSTGRESQL -> spring(workplace, quick);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Peer hello(Workplace workplace) throws IOException {
    Path folder = workplace.makeFolder("hello");
    var child = ChildProcess.start(workplace.java(HelloServer.class), Map.of(), folder);
    return new HttpPeer(
        toString(), WARM_UP_JVM, origin(child), List.of(child.pid()), Requests.hello(), child);
  }

  private Peer npm(Workplace workplace, String name, int warmUp) throws IOException {
    Path folder = workplace.makeFolder(name);
    String server = workplace.npm().resolve(name).resolve("server.mjs").toString();
    List<String> command =
        List.of("node", server, folder.toString(), Integer.toString(Requests.ROWS));
    var child = ChildProcess.start(command, Map.of("NODE_ENV", "production"), folder);
    var requests =
        name.equals("miniflare")
            ? Requests.sql("/query", "/query", Map.of())
            : Requests.endpoints("");
    return new HttpPeer(toString(), warmUp, origin(child), List.of(child.pid()), requests, child);
  }

  private Peer spring(Workplace workplace, boolean quick) throws IOException {
    Path folder = workplace.makeFolder("spring");
    int schemas = quick ? 100 : 1_000;
    ChildProcess child = SpringPeer.server(workplace, folder, schemas);
    JsonNode ready = child.awaitJson(START_MAX);
    var roots = new ArrayList<Long>();
    roots.add(child.pid());
    roots.add(ready.path("postgresPid").asLong());
    return new HttpPeer(
        toString(),
        WARM_UP_SPRING,
        URI.create(ready.path("ready").asString()),
        roots,
        Requests.endpoints("/tenants/t1"),
        child);
  }

  private static URI origin(ChildProcess child) throws IOException {
    return URI.create(child.awaitJson(START_MAX).path("ready").asString());
  }
}
