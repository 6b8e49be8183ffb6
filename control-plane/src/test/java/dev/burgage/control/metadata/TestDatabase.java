package dev.burgage.control.metadata;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A fresh database for tests: on the server that TEST_PG_URL names, else on one embedded server
/// that lives as long as this JVM and does not care for its data.
public record TestDatabase(String url, String user, String password) {
  private static @Nullable PostgresServer server;

  public static synchronized TestDatabase fresh() {
    String external = System.getenv("TEST_PG_URL");
    String name = "t_" + UUID.randomUUID().toString().replace("-", "");
    if (external != null) {
      create(external, "", "", name);
      String query = external.contains("?") ? external.substring(external.indexOf('?')) : "";
      String server = external.substring(0, external.lastIndexOf('/'));
      return new TestDatabase(server + "/" + name + query, "", "");
    }
    PostgresServer own = embedded();
    create(own.url(), PostgresServer.USER, own.password(), name);
    String url = own.url().substring(0, own.url().lastIndexOf('/')) + "/" + name;
    return new TestDatabase(url, PostgresServer.USER, own.password());
  }

  /// Where tests keep PostgreSQL's unpacked programs.
  public static Path binaries() {
    return Path.of("target", "postgresql").toAbsolutePath();
  }

  private static PostgresServer embedded() {
    PostgresServer running = server;
    if (running != null) {
      return running;
    }
    try {
      Path home = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "pg-");
      var started =
          new PostgresServer(
              home,
              binaries(),
              List.of("fsync=off", "synchronous_commit=off", "full_page_writes=off"));
      started.start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      server = started;
      return started;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void create(String url, String user, String password, String name) {
    try (var connection =
            user.isEmpty()
                ? DriverManager.getConnection(url)
                : DriverManager.getConnection(url, user, password);
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot make a test database at " + url, e);
    }
  }
}
