package dev.burgage.node.engine;

import dev.burgage.node.sql.Script;
import dev.burgage.protocol.Bookmark;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Statements that come one after the other, any number of them, and become one transaction: all or
/// none. They may take hours together, so each has the time that a request has. Used by one thread
/// at a time.
public interface Load {
  /// In bytes, and so in characters, of an INSERT of literals: any row that a database can hold
  /// fits in. A row has at most as many bytes as a value may have; blobs and texts with NUL take
  /// two digits a byte, quotes two characters; the rest is for names and marks. Other statements
  /// are as long as a query may be.
  int STATEMENT_LENGTH_MAX = 3 * ValueBudget.VALUE_BYTES_MAX;

  /// @return the next script, without parameters; null after the last
  /// @throws RuntimeException to give the whole load up
  @Nullable Script next() throws IOException;

  /// What is done around the statements, in their transaction.
  default Around around() {
    return Around.NOTHING;
  }

  /// Looks at a database, or changes it, before the first statement of a load and after its last.
  /// Everything is allowed, so it runs SQL of ours only. What it throws gives the load up.
  interface Around {
    Around NOTHING =
        new Around() {
          @Override
          public void before(Connection connection) {
            // nothing
          }

          @Override
          public void after(Connection connection) {
            // nothing
          }
        };

    /// Whether `PRAGMA foreign_keys = OFF` is carried out when it comes, though in a transaction
    /// SQLite ignores it, and D1 does: what comes after it may refer to rows and tables that are
    /// not there yet. Every row is looked at before the commit.
    default boolean takesForeignKeysOff() {
      return false;
    }

    void before(Connection connection) throws SQLException;

    void after(Connection connection) throws SQLException;
  }

  /// What a load has done.
  ///
  /// @param bookmark of its commit
  /// @param rowsRead rows that its statements returned
  record Loaded(
      Bookmark bookmark,
      long statements,
      double durationMillis,
      long changes,
      long lastRowId,
      long sizeAfter,
      long rowsRead) {}
}
