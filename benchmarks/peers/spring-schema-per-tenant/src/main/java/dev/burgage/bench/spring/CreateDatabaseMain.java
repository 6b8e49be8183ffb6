package dev.burgage.bench.spring;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// The other way to give a tenant a database: `CREATE DATABASE`, connect, make its table, ask it.
/// Prints the milliseconds of each. Arguments: a folder and how many.
final class CreateDatabaseMain {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int WARM_UP = 5;

  private CreateDatabaseMain() {}

  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[1]);
    List<String> millis = new ArrayList<>();
    try (EmbeddedPostgres postgres = DurablePostgres.start(Path.of(args[0]).toAbsolutePath());
        Connection admin = postgres.getPostgresDatabase().getConnection()) {
      for (int i = 0; i < count + WARM_UP; i++) {
        long start = System.nanoTime();
        createAndAsk(postgres, admin, "tenant_" + i);
        double taken = (System.nanoTime() - start) / NANOS_PER_MILLI;
        if (i >= WARM_UP) {
          millis.add("%.3f".formatted(taken));
        }
      }
    }
    System.out.println("{\"millis\":[" + String.join(",", millis) + "]}");
  }

  private static void createAndAsk(EmbeddedPostgres postgres, Connection admin, String name)
      throws SQLException {
    try (Statement statement = admin.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    try (Connection connection =
            DriverManager.getConnection(postgres.getJdbcUrl("postgres", name));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL)");
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM item")) {
        row.next();
      }
    }
  }
}
