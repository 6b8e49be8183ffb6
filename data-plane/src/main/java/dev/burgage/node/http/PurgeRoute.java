package dev.burgage.node.http;

import dev.burgage.node.files.DiskFailure;
import dev.burgage.node.purge.PurgeLook;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;

/// Tells the control plane what is left here of a database.
record PurgeRoute(Tokens tokens, PurgeLook look) implements Handler {
  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    try {
      tokens.checkOrder(request);
      String database = request.path().pathParameters().get("database");
      Answers.json(response, Json.bytes(look.report(DatabaseId.parse(database))));
    } catch (IOException e) {
      Answers.problem(response, DiskFailure.of(e));
    } catch (RuntimeException e) {
      Answers.problem(response, e);
    }
  }
}
