package dev.burgage.node.log;

import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.sqlite.SQLiteConfig;

/// A database that SQLite has open in WAL mode, without checkpoints of its own, and random
/// transactions for it.
final class LiveDatabase implements AutoCloseable {
  private final Path file;
  private final Connection connection;

  private LiveDatabase(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /// Makes an empty database in WAL mode and closes it: a base.
  static Path make(Path file, int pageSize, String autoVacuum) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma page_size=" + pageSize);
      statement.execute("pragma auto_vacuum=" + autoVacuum);
      statement.execute("pragma journal_mode=wal");
      statement.execute("create table t0(id integer primary key, a, b)");
    }
    return file;
  }

  static LiveDatabase open(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    LiveDatabase database = new LiveDatabase(file, connection);
    database.execute("pragma wal_autocheckpoint=0");
    database.execute("pragma synchronous=normal");
    database.execute("pragma cache_size=12"); // pages spill into the WAL before they are committed
    return database;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void checkpoint() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("pragma wal_checkpoint(truncate)")) {
      rows.next();
      if (rows.getInt(1) != 0) {
        throw new SQLException("the checkpoint was held up");
      }
    }
  }

  void randomTransaction(Random random) throws SQLException {
    switch (random.nextInt(20)) {
      case 0 -> execute("vacuum");
      case 1 -> execute("pragma incremental_vacuum(3)");
      case 2 -> rolledBack(random);
      default -> committed(random);
    }
  }

  private void rolledBack(Random random) throws SQLException {
    execute("begin");
    for (int i = 0; i < 60; i++) {
      insert("t0", random);
    }
    execute("rollback");
  }

  private void committed(Random random) throws SQLException {
    execute("begin");
    int statements = 1 + random.nextInt(25);
    for (int i = 0; i < statements; i++) {
      boolean nested = random.nextInt(6) == 0;
      if (nested) {
        execute("savepoint s");
      }
      change(random);
      if (nested) {
        execute(random.nextBoolean() ? "rollback to s" : "release s");
      }
    }
    execute("commit");
  }

  private void change(Random random) throws SQLException {
    String table = "t" + random.nextInt(4);
    execute("create table if not exists " + table + "(id integer primary key, a, b)");
    switch (random.nextInt(12)) {
      case 0 -> execute("drop table if exists t" + (1 + random.nextInt(3)));
      case 1 -> execute("create index if not exists i" + table + " on " + table + "(a)");
      case 2 -> execute("delete from " + table + " where id % 7 = " + random.nextInt(7));
      case 3 -> execute("delete from " + table);
      case 4, 5 ->
          execute("update " + table + " set a=a+1, b=b||'x' where id % 11=" + random.nextInt(11));
      default -> insert(table, random);
    }
  }

  private void insert(String table, Random random) throws SQLException {
    String text = Long.toHexString(random.nextLong()).repeat(1 + random.nextInt(300));
    execute("insert into " + table + "(a, b) values(" + random.nextInt(1000) + ", '" + text + "')");
  }

  /// A hash of the schema and all rows.
  String content() throws SQLException {
    return content(connection);
  }

  static String contentOf(Path file) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:file:" + file + "?immutable=1")) {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("pragma integrity_check")) {
        rows.next();
        if (!rows.getString(1).equals("ok")) {
          return "damaged: " + rows.getString(1);
        }
      }
      return content(connection);
    }
  }

  private static String content(Connection connection) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery("select type, name, sql from sqlite_schema order by name")) {
        while (rows.next()) {
          text.append(rows.getString(2)).append(rows.getString(3)).append('\n');
          if (rows.getString(1).equals("table")) {
            tables.add(rows.getString(2));
          }
        }
      }
      for (String table : tables) {
        try (ResultSet rows = statement.executeQuery("select * from " + table + " order by id")) {
          while (rows.next()) {
            text.append(rows.getString(1)).append('|').append(rows.getString(2)).append('|');
            text.append(rows.getString(3)).append('\n');
          }
        }
      }
    }
    return sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  static byte[] digest(byte[] bytes) {
    MessageDigest digest = Sha256.digest();
    return digest.digest(bytes);
  }

  /// The file's bytes, read by another process: this one has SQLite's locks on it.
  byte[] bytes(Path copy) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("cp", file.toString(), copy.toString()).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException("not copied");
    }
    return Files.readAllBytes(copy);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
