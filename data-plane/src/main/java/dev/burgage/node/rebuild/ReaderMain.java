package dev.burgage.node.rebuild;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.dump.SqlDump;
import dev.burgage.protocol.error.BurgageException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteLimits;

/// The process that reads a SQLite file from outside and writes it to its standard output as SQL.
/// It trusts nothing in the file; whoever reads its output must not trust it either. What is wrong
/// with the file is the last line of its standard error, and its status is [#REFUSED] then.
final class ReaderMain {
  static final int REFUSED = 2;

  /// In the working folder.
  static final String FILE = "upload.db";

  private static final int VALUE_BYTES_MAX = 4 * 1024 * 1024; // as in a database of ours
  private static final String CHECK = "PRAGMA quick_check(1)";

  private ReaderMain() {}

  /// @param arguments the guard's setting
  public static void main(String[] arguments) {
    System.setOut(System.err); // nothing but SQL goes to standard output
    Thread.ofPlatform().daemon().start(ReaderMain::endWithParent);
    try (var out = new FileOutputStream(FileDescriptor.out)) {
      read(Guard.of(arguments[0], Path.of("").toAbsolutePath()), out);
    } catch (SQLException e) {
      refuse(message(e));
    } catch (BurgageException e) {
      refuse(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      refuse("its SQL could not be passed on: " + e.getMessage());
    }
  }

  // The parent writes nothing; the pipe ends with it.
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // nothing is expected
      }
    } catch (IOException e) {
      // the same
    }
    Runtime.getRuntime().halt(1);
  }

  private static void refuse(String reason) {
    System.err.println(reason.replaceAll("\\s+", " "));
    System.err.flush();
    Runtime.getRuntime().halt(REFUSED);
  }

  private static String message(SQLException e) {
    return String.valueOf(e.getMessage()).replaceFirst("^\\[(SQLITE_\\w+)] ", "$1: ");
  }

  private static void read(Guard guard, OutputStream out) throws SQLException, IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    // Immutable: nobody else has the file; in WAL mode it is read without a log.
    String url = "jdbc:sqlite:file:%s?mode=ro&immutable=1".formatted(FILE);
    try (GuardedConnection guarded = guard.open(config, url)) {
      Connection connection = guarded.jdbc();
      guarded.jdbc().setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
      guarded.jdbc().setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
      guarded.permit(Policy.TRUSTED);
      for (String pragma :
          new String[] {
            "cell_size_check=ON", "trusted_schema=OFF", "query_only=ON", "mmap_size=0"
          }) {
        run(connection, "PRAGMA " + pragma);
      }
      guarded.permit(Policy.DUMP);
      dump(connection, out);
    }
  }

  private static void dump(Connection connection, OutputStream out)
      throws SQLException, IOException {
    try {
      String found = run(connection, CHECK);
      if (!"ok".equals(found)) {
        throw new SQLException("the file is damaged: " + found);
      }
    } catch (SQLException e) {
      if (e.getErrorCode() == SQLiteErrorCode.SQLITE_ERROR.code) {
        // Something in the schema may not be run: an import of the schema tells what.
        SqlDump.schemaOf(connection).writeTo(out);
      }
      throw e;
    }
    SqlDump.whole(connection).writeTo(out);
  }

  private static @Nullable String run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (!statement.execute()) {
        return null;
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }
}
