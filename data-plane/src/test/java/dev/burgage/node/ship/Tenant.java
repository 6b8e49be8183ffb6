package dev.burgage.node.ship;

import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.log.LogRecord;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.sqlite.SQLiteConnection;

/// A database that SQLite has open, whose commits go to a log, and what SQLite had after each.
final class Tenant {
  private final DatabaseId id;
  private final Path file;
  private final TreeMap<Long, State> states = new TreeMap<>();
  private long generation = 1;
  private Connection connection;
  private DatabaseLog log;

  /// What the database was.
  ///
  /// @param sha256 of its file
  record State(Bookmark bookmark, String sha256) {}

  private Tenant(DatabaseId id, Path file, Connection connection, DatabaseLog log) {
    this.id = id;
    this.file = file;
    this.connection = connection;
    this.log = log;
  }

  /// Makes a file that tenants are copied from.
  static Path template(Path file, int pageSize, String autoVacuum) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma page_size=" + pageSize);
      statement.execute("pragma auto_vacuum=" + autoVacuum);
      statement.execute("pragma journal_mode=wal");
      statement.execute("create table t0(id integer primary key, a, b)");
    }
    return file;
  }

  static Tenant make(CommitLog log, int number, Path template, Path folder)
      throws IOException, SQLException {
    DatabaseId id = new DatabaseId(new UUID(0x7000_0000_0000_4000L, number));
    Path file = folder.resolve(id + ".db");
    Files.copy(template, file);
    DatabaseLog own = DatabaseLog.open(log, id, 1, file);
    DatabaseLog.Recorded recorded = own.begin();
    recorded.durable().join();
    Tenant tenant = new Tenant(id, file, open(file), own);
    tenant.keep(recorded.bookmark());
    return tenant;
  }

  /// The database in another log, as of the newest that the store has, in a file that was made.
  static Tenant goOn(CommitLog log, LogRecord newest, Path file) throws IOException, SQLException {
    DatabaseId id = newest.key().database();
    DatabaseLog.Recorded recorded = DatabaseLog.goOn(log, id, 1, file, newest);
    recorded.durable().join();
    Tenant tenant = new Tenant(id, file, open(file), DatabaseLog.open(log, id, 1, file));
    tenant.keep(recorded.bookmark());
    return tenant;
  }

  private static Connection open(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma wal_autocheckpoint=0");
      statement.execute("pragma synchronous=off");
      statement.execute("pragma cache_size=12");
    }
    return connection;
  }

  DatabaseId id() {
    return id;
  }

  NavigableMap<Long, State> states() {
    return states;
  }

  State state(long transaction) {
    return Objects.requireNonNull(states.get(transaction));
  }

  State newest() {
    return states.lastEntry().getValue();
  }

  private void keep(Bookmark bookmark) throws SQLException {
    states.put(bookmark.transaction(), new State(bookmark, sha256()));
  }

  private String sha256() throws SQLException {
    byte[] image = connection.unwrap(SQLiteConnection.class).serialize("main");
    return sha256(image);
  }

  static String sha256(byte[] image) {
    return HexFormat.of().formatHex(Sha256.digest().digest(image));
  }

  void execute(String sql) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Takes what was committed to the log.
  void record() throws SQLException, IOException {
    DatabaseLog.Recorded recorded = log.record();
    recorded.durable().join();
    if (recorded.transactions() > 0) {
      keep(recorded.bookmark());
    }
  }

  /// Without keeping what the state is.
  void recordOnly() throws IOException {
    log.record().durable().join();
  }

  void randomTransaction(Random random) throws SQLException, IOException {
    switch (random.nextInt(24)) {
      case 0 -> execute("vacuum");
      case 1 -> execute("pragma incremental_vacuum(3)");
      case 2 -> {
        record();
        checkpoint();
      }
      case 3 -> execute("delete from t0");
      case 4 -> execute("drop table if exists t" + (1 + random.nextInt(2)));
      default -> changes(random);
    }
    record();
  }

  private void changes(Random random) throws SQLException, IOException {
    execute("begin");
    int statements = 1 + random.nextInt(6);
    for (int i = 0; i < statements; i++) {
      String table = "t" + random.nextInt(3);
      execute("create table if not exists " + table + "(id integer primary key, a, b)");
      switch (random.nextInt(8)) {
        case 0 -> execute("create index if not exists i" + table + " on " + table + "(a)");
        case 1 -> execute("delete from " + table + " where id % 5 = " + random.nextInt(5));
        case 2 -> execute("update " + table + " set b = b || 'x' where id % 7 = 3");
        default ->
            execute(
                "insert into %s(a, b) values(%d, '%s')"
                    .formatted(
                        table,
                        random.nextInt(1000),
                        Long.toHexString(random.nextLong()).repeat(1 + random.nextInt(150))));
      }
    }
    execute(random.nextInt(9) == 0 ? "rollback" : "commit");
  }

  /// One transaction of many records.
  void bigTransaction(int rows) throws SQLException, IOException {
    execute(
        "with recursive n(i) as (select 1 union all select i + 1 from n limit "
            + rows
            + ")"
            + " insert into t0(a, b) select i, randomblob(3500) from n");
    record();
  }

  void checkpoint() throws SQLException, IOException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("pragma wal_checkpoint(truncate)")) {
      rows.next();
    }
    log.checkpointed().durable().join();
  }

  /// Goes on with a log that was opened again, as after a crash of the process.
  void reopen(CommitLog opened, boolean newGeneration) throws SQLException, IOException {
    connection.close();
    generation += newGeneration ? 1 : 0;
    log = DatabaseLog.open(opened, id, generation, file);
    if (log.state() == DatabaseLog.State.BEHIND) {
      log.rollForward().durable().join();
    }
    connection = open(file);
  }

  /// The last close of SQLite checkpoints, so all must be in the log before and told after.
  void beforeCrash() throws SQLException, IOException {
    record();
    checkpoint();
    log.close();
  }

  void delete(CommitLog opened) throws IOException, SQLException {
    record();
    checkpoint();
    log.close();
    connection.close();
    DatabaseLog.delete(opened, id, generation, file);
  }

  /// Comes back with the file that it had, as from a trash.
  void revive(CommitLog opened) throws IOException, SQLException {
    log = DatabaseLog.open(opened, id, generation, file);
    DatabaseLog.Recorded recorded = log.begin();
    recorded.durable().join();
    connection = open(file);
    keep(recorded.bookmark());
  }

  void close() throws SQLException, IOException {
    log.close();
    connection.close();
  }
}
