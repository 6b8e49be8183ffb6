package dev.burgage.node.http;

import dev.burgage.node.backup.BackupFile;
import dev.burgage.node.backup.BackupRoom;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;

/// What may be done with the backups of one tenant.
///
/// @param room of all
record BackupRoutes(BackupRoom room) {
  private static final int LIMIT_DEFAULT = 25;

  void list(Binding binding, ServerRequest request, ServerResponse response) {
    String cursor = request.query().first("cursor").orElse("");
    int limit = request.query().first("limit").map(Integer::parseInt).orElse(LIMIT_DEFAULT);
    Answers.json(response, Json.bytes(room.backups().list(binding, cursor, limit)));
  }

  void make(Binding binding, ServerRequest request, ServerResponse response) {
    Answers.json(response, Json.bytes(room.backups().make(binding)));
  }

  void get(Binding binding, ServerRequest request, ServerResponse response) {
    Answers.json(response, Json.bytes(room.backups().get(binding, id(request))));
  }

  /// A file that turns out to be damaged when some of it is sent ends before its length.
  void send(Binding binding, ServerRequest request, ServerResponse response) throws IOException {
    try (BackupFile file = room.backups().file(binding, id(request))) {
      response.header(HeaderNames.CONTENT_TYPE, "application/vnd.sqlite3");
      response.headers().contentLength(file.backup().sizeBytes());
      OutputStream out = response.outputStream();
      file.writeTo(out);
      out.close();
    }
  }

  void restore(Binding binding, ServerRequest request, ServerResponse response) {
    Answers.json(response, Json.bytes(room.backups().restore(binding, id(request))));
  }

  void delete(Binding binding, ServerRequest request, ServerResponse response) {
    room.backups().delete(binding, id(request));
    Answers.empty(response);
  }

  private static UUID id(ServerRequest request) {
    return UUID.fromString(request.path().pathParameters().get("id"));
  }
}
