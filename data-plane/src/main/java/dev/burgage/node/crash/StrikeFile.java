package dev.burgage.node.crash;

import dev.burgage.node.crash.Quarantine.Struck;
import dev.burgage.node.files.Durable;
import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;

/// `strikes.json` in a node's folder: replaced as a whole, so that it is never half written.
///
/// @param folder the node's
record StrikeFile(Path folder) {
  private record Content(List<Struck> databases) {}

  private Path path() {
    return folder.resolve("strikes.json");
  }

  List<Struck> read() throws IOException {
    if (!Files.exists(path())) {
      return List.of();
    }
    try {
      return Json.read(Files.readAllBytes(path()), Content.class).databases();
    } catch (JacksonException e) {
      throw new IOException(
          path() + " is not what a node writes; mend it, or remove it to release all databases", e);
    }
  }

  void write(List<Struck> databases) throws IOException {
    Durable.replace(path(), Json.bytes(new Content(databases)));
  }
}
