package dev.burgage.node.backup;

import dev.burgage.node.files.Durable;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.node.Drill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// What became of the newest drills, in one small file. Thread-safe.
final class DrillLog {
  private static final Logger LOG = LoggerFactory.getLogger(DrillLog.class);
  private static final int KEPT_MAX = 500;

  private final Path file;
  private Kept kept;

  /// @param ranAt when the last round of the schedule began
  /// @param drills the newest first
  private record Kept(Instant ranAt, List<Drill> drills) {
    Kept {
      drills = List.copyOf(drills);
    }
  }

  DrillLog(Path file) throws IOException {
    this.file = file;
    this.kept = read(file);
  }

  private static Kept read(Path file) throws IOException {
    if (Files.exists(file)) {
      try {
        return Json.read(Files.readAllBytes(file), Kept.class);
      } catch (JacksonException e) {
        LOG.warn("{} cannot be read; results of drills begin anew", file, e);
      }
    }
    return new Kept(Instant.EPOCH, List.of());
  }

  synchronized List<Drill> drills() {
    return kept.drills();
  }

  synchronized Instant ranAt() {
    return kept.ranAt();
  }

  synchronized void ran(Instant at) throws IOException {
    write(new Kept(at, kept.drills()));
  }

  synchronized void add(Drill drill) throws IOException {
    List<Drill> all = new ArrayList<>();
    all.add(drill);
    all.addAll(kept.drills().subList(0, Math.min(KEPT_MAX - 1, kept.drills().size())));
    write(new Kept(kept.ranAt(), all));
  }

  /// Of a database that goes nothing is said any more.
  synchronized void forget(DatabaseId database) throws IOException {
    List<Drill> others =
        kept.drills().stream().filter(drill -> !drill.database().equals(database)).toList();
    if (others.size() < kept.drills().size()) {
      write(new Kept(kept.ranAt(), others));
    }
  }

  private void write(Kept next) throws IOException {
    kept = next;
    Durable.replace(file, Json.bytes(next));
  }
}
