package dev.burgage.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The npm peers' installation, and their programs that are not servers.
public final class NpmTools {
  private static final Duration ANSWER_MAX = Duration.ofMinutes(10);

  private NpmTools() {}

  /// Why an npm peer cannot run here, or empty.
  public static Optional<String> missing(Workplace workplace, String name) {
    return Files.isDirectory(workplace.npm().resolve(name).resolve("node_modules"))
        ? Optional.empty()
        : Optional.of("its npm packages are not installed under " + workplace.npm());
  }

  /// Adds D1 databases to a running miniflare one by one, as configuration does it.
  ///
  /// @return `{"millis":[…]}`, from a redeploy's start to the new binding's answer
  public static JsonNode redeploy(Workplace workplace, int databases, int times)
      throws IOException {
    Path folder = workplace.makeFolder("redeploy");
    List<String> command =
        List.of(
            "node",
            workplace.npm().resolve("miniflare/redeploy.mjs").toString(),
            folder.toString(),
            Integer.toString(databases),
            Integer.toString(times));
    try (var child = ChildProcess.start(command, Map.of(), folder)) {
      return child.awaitJson(ANSWER_MAX);
    }
  }
}
