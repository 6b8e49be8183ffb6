package dev.burgage.node.statistics;

import dev.burgage.node.files.Durable;
import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// `statistics.json` in a node's folder: what a node remembers of its statements across its
/// restarts. Replaced as a whole; what is lost with a crash is what came since the last writing.
///
/// @param folder the node's
record StatisticsFile(Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(StatisticsFile.class);

  /// All figures, statement by statement and hour by hour.
  record Content(List<Row> statements, List<Row> hours) {}

  /// @param shape null for all statements of the hour
  /// @param database a UUID
  record Row(String pool, String database, long hour, @Nullable String shape, Sums.Values sums) {}

  private Path path() {
    return folder.resolve("statistics.json");
  }

  /// Figures are no reason not to serve: a file that cannot be read is passed over.
  Content read() {
    try {
      if (Files.exists(path())) {
        return Json.read(Files.readAllBytes(path()), Content.class);
      }
    } catch (IOException | JacksonException e) {
      LOG.warn("{} cannot be read; the figures of statements begin anew", path(), e);
    }
    return new Content(List.of(), List.of());
  }

  void write(Content content) throws IOException {
    Durable.replace(path(), Json.bytes(content));
  }
}
