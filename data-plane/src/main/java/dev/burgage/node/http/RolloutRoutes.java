package dev.burgage.node.http;

import dev.burgage.node.migrate.Marks;
import dev.burgage.node.migrate.Migrator;
import dev.burgage.node.migrate.Rehearsals;
import dev.burgage.node.migrate.Schemas;
import dev.burgage.node.migrate.Undoer;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.MarkApplied;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Undo;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;

/// What rollouts order of this node, many databases at once: each order may be repeated and then
/// changes nothing, and what becomes of one database is part of the answer.
final class RolloutRoutes {
  private static final int TARGETS_MAX = 500;

  private final Bodies bodies;
  private final Rollouts rollouts;

  /// Those who carry the orders out.
  record Rollouts(
      Migrator migrator, Marks marks, Undoer undoer, Rehearsals rehearsals, Schemas schemas) {}

  RolloutRoutes(Bodies bodies, Rollouts rollouts) {
    this.bodies = bodies;
    this.rollouts = rollouts;
  }

  void route(HttpRouting.Builder routing, Tokens tokens) {
    routing
        .post("/node/v1/migrations", OrderRoutes.order(tokens, this::migrate))
        .post("/node/v1/marks", OrderRoutes.order(tokens, this::mark))
        .post("/node/v1/undo", OrderRoutes.order(tokens, this::undo))
        .post("/node/v1/rehearsals", OrderRoutes.order(tokens, this::rehearse))
        .post("/node/v1/schemas", OrderRoutes.order(tokens, this::describe));
  }

  private void migrate(ServerRequest request, ServerResponse response) throws IOException {
    ApplyMigrations order = bodies.read(request, ApplyMigrations.class);
    requireFew(order.targets());
    Answers.json(response, Json.bytes(rollouts.migrator().apply(order)));
  }

  private void mark(ServerRequest request, ServerResponse response) throws IOException {
    MarkApplied order = bodies.read(request, MarkApplied.class);
    requireFew(order.targets());
    Answers.json(response, Json.bytes(rollouts.marks().mark(order)));
  }

  private void undo(ServerRequest request, ServerResponse response) throws IOException {
    Undo order = bodies.read(request, Undo.class);
    requireFew(order.targets());
    Answers.json(response, Json.bytes(rollouts.undoer().undo(order)));
  }

  private void rehearse(ServerRequest request, ServerResponse response) {
    Rehearse order = bodies.read(request, Rehearse.class);
    requireFew(order.targets());
    Answers.json(response, Json.bytes(rollouts.rehearsals().rehearse(order)));
  }

  private void describe(ServerRequest request, ServerResponse response) {
    DescribeSchemas order = bodies.read(request, DescribeSchemas.class);
    requireFew(order.targets());
    Answers.json(response, Json.bytes(rollouts.schemas().describe(order)));
  }

  private static void requireFew(List<Target> targets) {
    if (targets.size() > TARGETS_MAX) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "At most %d targets at once; got %d.".formatted(TARGETS_MAX, targets.size()));
    }
  }
}
