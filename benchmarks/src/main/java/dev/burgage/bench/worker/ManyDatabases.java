package dev.burgage.bench.worker;

import java.io.IOException;
import java.sql.SQLException;

/// Databases of one process, by their number, each with a table `entry`. Thread-safe.
public interface ManyDatabases extends AutoCloseable {
  /// The row that both sides of the comparison insert.
  String INSERT = "INSERT INTO entry (name, email, amount, note) VALUES (?, ?, ?, ?)";

  /// The table that it goes to.
  String CREATE =
      "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,"
          + " amount INTEGER NOT NULL, note TEXT NOT NULL)";

  /// The parts of the row.
  String NAME = "Entry";

  String EMAIL = "entry@example.org";
  long AMOUNT = 37;
  String NOTE = "0".repeat(160);

  /// Opens all of them, or those of a process that was closed before.
  @FunctionalInterface
  interface Opener {
    /// @param command folder, count (databases)
    ManyDatabases open(Command command) throws IOException, SQLException;
  }

  /// Inserts one row in a transaction of its own; returns when it is durable.
  void insert(int database) throws SQLException;

  /// Rows that a database has.
  long count(int database) throws SQLException;

  @Override
  void close() throws IOException, SQLException;
}
