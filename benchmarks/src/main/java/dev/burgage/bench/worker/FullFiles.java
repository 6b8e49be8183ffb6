package dev.burgage.bench.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// SQLite as it is made durable without a log beside it: a file each in WAL mode, with
/// `synchronous=FULL`, so each commit has an fsync of its own. Connections stay open and statements
/// prepared; of one database one client writes at a time.
final class FullFiles implements ManyDatabases {
  private final List<OneFile> files = new ArrayList<>();

  /// @param command folder, count; files that are there are opened as they are
  static FullFiles open(Command command) throws IOException, SQLException {
    Path folder = Path.of(command.folder());
    Path template = folder.resolve("template.db");
    if (!Files.exists(template)) {
      try (Connection connection = connect(template);
          Statement statement = connection.createStatement()) {
        statement.execute(CREATE);
      }
    }
    FullFiles opened = new FullFiles();
    try {
      for (int i = 0; i < command.count(); i++) {
        Path file = folder.resolve("tenant-%04d.db".formatted(i));
        if (!Files.exists(file)) {
          Files.copy(template, file);
        }
        opened.files.add(new OneFile(file));
      }
      return opened;
    } catch (IOException | SQLException e) {
      opened.close();
      throw e;
    }
  }

  private static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
    }
    return connection;
  }

  @Override
  public void insert(int database) throws SQLException {
    files.get(database).insert();
  }

  @Override
  public long count(int database) throws SQLException {
    return files.get(database).count();
  }

  @Override
  public void close() throws SQLException {
    for (OneFile file : files) {
      file.connection.close();
    }
  }

  private static final class OneFile {
    private final ReentrantLock writing = new ReentrantLock();
    private final Connection connection;
    private final PreparedStatement insert;

    OneFile(Path file) throws SQLException {
      connection = connect(file);
      insert = connection.prepareStatement(INSERT);
    }

    void insert() throws SQLException {
      writing.lock();
      try {
        insert.setString(1, NAME);
        insert.setString(2, EMAIL);
        insert.setLong(3, AMOUNT);
        insert.setString(4, NOTE);
        insert.executeUpdate();
      } finally {
        writing.unlock();
      }
    }

    long count() throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM entry")) {
        return row.getLong(1);
      }
    }
  }
}
