package dev.burgage.bench.scenario;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The statements with which the data plane's own test attacks a node, read from the source tree.
///
/// @param schema statements that make what the attacks are about
/// @param attacks statements; each may fail
record AttackList(List<String> schema, List<String> attacks) {
  private static final String FOLDER = "data-plane/src/test/resources/dev/burgage/node";

  AttackList {
    schema = List.copyOf(schema);
    attacks = List.copyOf(attacks);
  }

  private record Line(String expect, String sql) {}

  /// @param victim the file that some of them try to open
  /// @param outside a folder that some of them try to write into
  static AttackList read(Path root, Path victim, Path outside) throws IOException {
    Path folder = root.resolve(FOLDER);
    List<String> attacks =
        Files.readAllLines(folder.resolve("attacks.jsonl")).stream()
            .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Line.class).sql())
            .map(sql -> sql.replace("{other}", victim.toString()))
            .map(sql -> sql.replace("{tmp}", outside.toString()))
            .toList();
    return new AttackList(Files.readAllLines(folder.resolve("attacked.sql")), attacks);
  }
}
