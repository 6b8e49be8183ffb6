package dev.burgage.node.http;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.backup.BackupRoom;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.binding.Bindings;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.files.Templates;
import dev.burgage.node.history.DatabaseHistory;
import dev.burgage.node.history.Pasts;
import dev.burgage.node.history.Rewind;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.metrics.NodeMetrics;
import dev.burgage.node.migrate.Marks;
import dev.burgage.node.migrate.Migrator;
import dev.burgage.node.migrate.Rehearsals;
import dev.burgage.node.migrate.Schemas;
import dev.burgage.node.migrate.Undoer;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.purge.PurgeLook;
import dev.burgage.node.query.Queries;
import dev.burgage.node.recover.Beginnings;
import dev.burgage.node.recover.Recovery;
import dev.burgage.node.statistics.QueryStatistics;
import dev.burgage.node.transfer.Exports;
import dev.burgage.node.transfer.TransferFiles;
import dev.burgage.node.transfer.Transfers;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// The node's HTTP server. A request runs on a virtual thread from its first byte to its last; how
/// many run inside SQLite at once is bounded elsewhere.
public final class NodeServer implements AutoCloseable {
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final long UPLOAD_BYTES_MAX = 5L * 1024 * 1024 * 1024;
  private static final int REQUESTS_MAX = 4_096;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration STOP_GRACE = Duration.ofSeconds(15);

  private final WebServer server;

  /// What the routes need.
  ///
  /// @param ready whether the node can serve
  /// @param guard shown in the health
  public record Parts(
      NodeName self,
      String orderToken,
      BindingTable table,
      Bindings bindings,
      Queries queries,
      DatabaseFiles files,
      Templates templates,
      OpenDatabases databases,
      Migrator migrator,
      Marks marks,
      Undoer undoer,
      Rehearsals rehearsals,
      Schemas schemas,
      Dormant dormant,
      Transfers transfers,
      TransferFiles transferFiles,
      Exports exports,
      BackupRoom backups,
      QueryStatistics statistics,
      Quarantine quarantine,
      RequestMemory memory,
      NodeMetrics metrics,
      BooleanSupplier ready,
      Guard guard,
      CommitLog log,
      PastParts past,
      Recovery recovery,
      Beginnings beginnings,
      PurgeLook purges) {}

  /// What is done with the past.
  public record PastParts(DatabaseHistory history, Pasts pasts, Rewind rewind) {}

  /// @param port 0 takes any free one
  public NodeServer(String host, int port, int bodyBytesMax, Parts parts) {
    this.server =
        WebServer.builder()
            .host(host)
            .port(port)
            .maxPayloadSize(UPLOAD_BYTES_MAX) // all but uploads are bounded by Bodies
            .maxConcurrentRequests(REQUESTS_MAX)
            .shutdownGracePeriod(STOP_GRACE)
            .idleConnectionTimeout(IDLE_TIMEOUT)
            .connectionOptions(options -> options.readTimeout(READ_TIMEOUT).tcpNoDelay(true))
            .addProtocol(Http1Config.builder().maxHeadersSize(HEADER_BYTES_MAX).build())
            .directHandlers(problems())
            .routing(routing -> route(routing, new Bodies(bodyBytesMax), parts))
            .build();
  }

  static void route(HttpRouting.Builder routing, Bodies bodies, Parts parts) {
    Tokens tokens = new Tokens(parts.table(), parts.orderToken(), Clock.systemUTC());
    OrderRoutes.Storage storage =
        new OrderRoutes.Storage(
            parts.files(),
            parts.templates(),
            parts.databases(),
            parts.transferFiles(),
            parts.backups(),
            parts.dormant(),
            parts.quarantine(),
            parts.log(),
            parts.past().history(),
            parts.past().pasts(),
            parts.recovery(),
            parts.beginnings());
    var rollouts =
        new RolloutRoutes.Rollouts(
            parts.migrator(), parts.marks(), parts.undoer(), parts.rehearsals(), parts.schemas());
    new RolloutRoutes(bodies, rollouts).route(routing, tokens);
    routing
        .register("/v1/pools", new QueryRoutes(tokens, bodies, parts))
        .register(
            "/node/v1/pools",
            new TenantRoutes(
                parts.self(),
                tokens,
                parts.bindings(),
                new TenantRoutes.Transferring(
                    bodies,
                    parts.transfers(),
                    parts.transferFiles(),
                    parts.exports(),
                    parts.backups())))
        .register(
            "/node/v1/pools",
            new HistoryRoutes(
                parts.self(), tokens, parts.bindings(), bodies, parts.past().history()))
        .register("/node/v1", new DrillRoutes(tokens, bodies, parts.backups()))
        .post("/node/v1/statistics", new StatisticsRoute(tokens, bodies, parts.statistics()))
        .get("/node/v1/purges/{database}", new PurgeRoute(tokens, parts.purges()))
        .register(
            "/node/v1",
            new OrderRoutes(
                tokens, bodies, parts.table(), parts.bindings(), storage, parts.migrator()))
        .register(
            "/actuator", new HealthRoutes(tokens, parts.metrics(), parts.ready(), parts.guard()))
        .any((request, response) ->
            Answers.problem(
                response,
                new BurgageException(
                    ErrorCode.NOT_FOUND,
                    "There is nothing at %s %s on a node."
                        .formatted(request.prologue().method(), request.path().path()))));
  }

  // What the server itself refuses: bad HTTP, a body or headers over the bound.
  private static DirectHandlers problems() {
    DirectHandler problem =
        (request, type, status, headers, message) -> {
          ErrorCode code =
              switch (status.code()) {
                case 404 -> ErrorCode.NOT_FOUND;
                case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
                case 413 -> ErrorCode.BODY_TOO_LARGE;
                default -> status.code() >= 500 ? ErrorCode.INTERNAL : ErrorCode.INVALID_REQUEST;
              };
          return DirectHandler.TransportResponse.builder()
              .status(status)
              .headers(headers)
              .header(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
              .entity(Json.bytes(Problem.of(code, message)))
              .build();
        };
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, problem);
    }
    return handlers.build();
  }

  /// Answers from now on.
  ///
  /// @throws IllegalStateException if the port is taken
  public void start() {
    server.start();
  }

  public int port() {
    return server.port();
  }

  /// Takes no more connections, ends those under way, within a bounded time.
  @Override
  public void close() {
    server.stop();
  }
}
