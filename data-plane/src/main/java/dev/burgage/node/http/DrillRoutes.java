package dev.burgage.node.http;

import dev.burgage.node.backup.BackupRoom;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.node.Drill;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// What became of drills, and drills now (`/node/v1/drills`): for the control plane.
///
/// @param room has the drills
record DrillRoutes(Tokens tokens, Bodies bodies, BackupRoom room) implements HttpService {
  @Override
  public void routing(HttpRules rules) {
    rules.get("/drills", OrderRoutes.order(tokens, this::list));
    rules.post("/drills", OrderRoutes.order(tokens, this::run));
  }

  private void list(ServerRequest request, ServerResponse response) {
    Answers.json(response, Json.bytes(new Drill.Drills(room.drills().list())));
  }

  private void run(ServerRequest request, ServerResponse response) {
    Integer sample = bodies.read(request, Drill.Order.class).sample();
    Answers.json(
        response, Json.bytes(new Drill.Drills(room.drills().now(sample == null ? 0 : sample))));
  }
}
