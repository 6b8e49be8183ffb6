package dev.burgage.system;

import dev.burgage.node.rebuild.Rebuild;
import dev.burgage.node.rebuild.Rebuilds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An application with the node's classes in it: says a SQLite file as SQL, as an import does.
final class ReadsFile {
  private static final long SQL_BYTES_MAX = 1 << 20;

  private ReadsFile() {}

  /// @param arguments the file, and a folder
  public static void main(String[] arguments) throws IOException {
    Rebuilds rebuilds = new Rebuilds(Path.of(arguments[1]), "enforced");
    try (Rebuild rebuild = rebuilds.start(Path.of(arguments[0]), SQL_BYTES_MAX)) {
      System.out.print(new String(rebuild.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
