package dev.burgage.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerTest {
  @TempDir Path folder;

  @Test
  void flywayAndTheBareStatementsMakeTheSameTables() throws Exception {
    for (String kind : new String[] {"flyway", "jdbc"}) {
      Path files = folder.resolve(kind);
      var pool = new FlywayPool();
      pool.create(new Command("pool-create", files.toString(), kind, 0, 2, 0, 4));
      Map<String, Object> answer =
          pool.migrate(new Command("pool-migrate", files.toString(), kind, 2, 0, 0, 3));
      assertThat(answer).containsEntry("databases", 2);
      assertThat(tables(files.resolve("tenant-00001.db"))).isEqualTo("t1,t2,t3");
    }
  }

  @Test
  void sqliteCallsAreCountedAndInsertsArrive() throws Exception {
    var sqlite = new SqliteCalls();
    sqlite.open(new Command("sqlite-open", folder.toString(), "", 0, 100, 0, 0));
    Map<String, Object> reads = sqlite.run(new Command("sqlite-run", "", "read", 2, 40, 60_000, 0));
    Map<String, Object> inserts =
        sqlite.run(new Command("sqlite-run", "", "insert", 2, 10, 60_000, 0));
    assertThat(reads).containsEntry("requests", 40L);
    assertThat(inserts).containsEntry("requests", 10L);
    assertThat(query(folder.resolve("tenant.db"), "SELECT count(*) FROM entry")).isEqualTo("10");
  }

  private static String tables(Path file) throws Exception {
    return query(
        file,
        "SELECT group_concat(name, ',' ORDER BY name) FROM sqlite_schema WHERE type = 'table' AND"
            + " name GLOB 't[0-9]*'");
  }

  private static String query(Path file, String sql) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.getString(1);
    }
  }
}
