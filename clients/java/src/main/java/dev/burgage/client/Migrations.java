package dev.burgage.client;

import dev.burgage.protocol.PoolName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The migrations that are registered to a pool: what new tenants start with, and what rollouts
/// bring to the others. Its methods throw [dev.burgage.protocol.error.BurgageException] with the
/// server's code and text. Thread-safe.
public final class Migrations {
  private final Administration administration;
  private final String path;

  Migrations(Administration administration, PoolName pool) {
    this.administration = administration;
    this.path = "/v1/pools/" + pool + "/migrations";
  }

  private record Script(String name, String sql) {}

  private record Registration(List<Script> migrations) {}

  private record Registered(List<Migration> migrations) {}

  /// Registers the `*.sql` files of a folder, without its subfolders.
  ///
  /// @return all migrations of the pool, oldest first
  /// @throws IOException if a file cannot be read, or is not UTF-8
  public List<Migration> register(Path folder) throws IOException {
    Map<String, String> scripts = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sql")).toList()) {
        scripts.put(String.valueOf(file.getFileName()), Files.readString(file));
      }
    }
    return register(scripts);
  }

  /// Registers migrations. One that is registered with the same text already stays as it is.
  ///
  /// @param scripts SQL by file name, `V3__add_invoices.sql`
  /// @return all migrations of the pool, oldest first
  public List<Migration> register(Map<String, String> scripts) {
    List<Script> sent =
        scripts.entrySet().stream().map(e -> new Script(e.getKey(), e.getValue())).toList();
    return administration.post(path, new Registration(sent), Registered.class).migrations();
  }

  /// All migrations of the pool, oldest first.
  public List<Migration> list() {
    return administration.get(path, Registered.class).migrations();
  }
}
