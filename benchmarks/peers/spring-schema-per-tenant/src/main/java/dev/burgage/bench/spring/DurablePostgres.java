package dev.burgage.bench.spring;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// An embedded PostgreSQL that keeps its promises: the library switches fsync off for tests, here
/// it is on, and that is checked.
final class DurablePostgres {
  private DurablePostgres() {}

  static EmbeddedPostgres start(Path folder) throws IOException, SQLException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("postgres"))
            .setOverrideWorkingDirectory(folder.resolve("postgres-binaries").toFile())
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "512MB")
            .start();
    check(postgres, "fsync");
    check(postgres, "synchronous_commit");
    return postgres;
  }

  static long pid(Path folder) throws IOException {
    return Long.parseLong(
        Files.readAllLines(folder.resolve("postgres/postmaster.pid")).getFirst().strip());
  }

  private static void check(EmbeddedPostgres postgres, String setting) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      if (!row.getString(1).equals("on")) {
        throw new SQLException(setting + " must be on; it is " + row.getString(1));
      }
    }
  }
}
