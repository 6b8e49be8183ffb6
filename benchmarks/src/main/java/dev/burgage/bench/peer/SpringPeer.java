package dev.burgage.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The programs of the module `benchmarks/peers/spring-schema-per-tenant`, with a class path of
/// their own so that Spring is in no other peer.
public final class SpringPeer {
  private static final Duration ANSWER_MAX = Duration.ofMinutes(10);
  private static final String PACKAGE = "dev.burgage.bench.spring.";

  private SpringPeer() {}

  /// Why it cannot run here, or empty.
  public static Optional<String> missing(Workplace workplace) {
    return Files.exists(classPathFile(workplace))
        ? Optional.empty()
        : Optional.of("it is not built: there is no " + classPathFile(workplace));
  }

  /// Databases made one by one by `CREATE DATABASE`, each with a table, connected to and asked.
  ///
  /// @return `{"millis":[…]}`
  public static JsonNode createDatabases(Workplace workplace, int count) throws IOException {
    Path folder = workplace.makeFolder("create-database");
    try (var child = start(workplace, folder, "CreateDatabaseMain", Integer.toString(count))) {
      return child.awaitJson(ANSWER_MAX);
    }
  }

  static ChildProcess server(Workplace workplace, Path folder, int schemas) throws IOException {
    return start(workplace, folder, "SpringPeerApplication", Integer.toString(schemas));
  }

  private static ChildProcess start(Workplace workplace, Path folder, String main, String argument)
      throws IOException {
    List<String> command =
        workplace.java(classPath(workplace), PACKAGE + main, folder.toString(), argument);
    return ChildProcess.start(command, Map.of(), folder);
  }

  /// Its class path, or the empty text if it is not built.
  static String classPath(Workplace workplace) throws IOException {
    Path file = classPathFile(workplace);
    return Files.exists(file)
        ? module(workplace).resolve("target/classes") + ":" + Files.readString(file).strip()
        : "";
  }

  private static Path module(Workplace workplace) {
    return workplace.root().resolve("benchmarks/peers/spring-schema-per-tenant");
  }

  private static Path classPathFile(Workplace workplace) {
    return module(workplace).resolve("target/class-path.txt");
  }
}
