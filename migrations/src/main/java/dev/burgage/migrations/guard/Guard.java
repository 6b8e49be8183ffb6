package dev.burgage.migrations.guard;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/// The one place where SQLite connections are opened. What a statement may do is decided on each
/// connection by SQLite's authorizer under the [Policy] that is set; see DESIGN.md. Thread-safe.
public final class Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  // One for the process, as is SQLite's list of what it calls at open.
  private static @Nullable Guard enforced;

  private final State state;
  private final @Nullable Authorizer authorizer;
  private final String reason;

  /// Whether statements are checked.
  public enum State {
    /// All statements are.
    ENFORCED,
    /// None are: the operator trusts everybody who may send SQL.
    TRUSTED,
    /// They cannot be on this platform, so none may run.
    UNAVAILABLE
  }

  private Guard(State state, @Nullable Authorizer authorizer, String reason) {
    this.state = state;
    this.authorizer = authorizer;
    this.reason = reason;
  }

  /// The process's guard: installed into SQLite and tested by the first call.
  ///
  /// @param folder takes a small file for a moment
  /// @throws GuardUnavailableException if there is no way into SQLite here, or the test fails
  public static synchronized Guard enforced(Path folder) throws GuardUnavailableException {
    Guard known = enforced;
    if (known == null) {
      Authorizer authorizer = Authorizer.install(SqliteApi.load(folder));
      known = new Guard(State.ENFORCED, authorizer, "");
      SelfTest.run(known);
      enforced = known;
    }
    return known;
  }

  /// The guard that a setting asks for. A process without a way into SQLite goes on without it, and
  /// opens no database.
  ///
  /// @param setting `enforced` or `trusted`
  /// @param folder takes a small file for a moment
  /// @throws IllegalArgumentException for any other setting
  public static Guard of(String setting, Path folder) {
    return switch (setting) {
      case "trusted" -> {
        LOG.warn(
            "SQL IS NOT CHECKED (burgage.sql.guard=trusted): whoever may send SQL can read every"
                + " file that this process can, and can end it");
        yield trusted();
      }
      case "enforced" -> {
        try {
          yield enforced(folder);
        } catch (GuardUnavailableException e) {
          LOG.error("There is no guard, so no SQL is run; see docs/sql.md", e);
          yield unavailable(String.valueOf(e.getMessage()));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "BURGAGE_SQL_GUARD must be enforced or trusted; got \"%s\"".formatted(setting));
    };
  }

  /// A guard that checks nothing.
  public static Guard trusted() {
    return new Guard(State.TRUSTED, null, "");
  }

  /// A guard that opens nothing.
  ///
  /// @param reason for people
  public static Guard unavailable(String reason) {
    return new Guard(State.UNAVAILABLE, null, reason);
  }

  /// Makes SQLite put its temporary files into a folder, in the whole process: large sorts, for
  /// which no limit of a tenant counts. A folder on a volume of its own bounds them.
  public void keepTemporaryFilesIn(Path folder) throws SQLException {
    if (state == State.UNAVAILABLE) {
      return;
    }
    String quoted = folder.toString().replace("'", "''");
    try (GuardedConnection connection = open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      connection.as(
          Policy.TRUSTED,
          jdbc -> {
            try (PreparedStatement statement =
                jdbc.prepareStatement("PRAGMA temp_store_directory = '" + quoted + "'")) {
              return statement.execute();
            }
          });
    }
  }

  public State state() {
    return state;
  }

  /// Opens a connection, on which nothing is allowed until a policy is set.
  ///
  /// @throws BurgageException `guard_unavailable` if there is no guard, and nobody said that it may
  ///   be done without
  public GuardedConnection open(SQLiteConfig config, String url) throws SQLException {
    Authorizer active = authorizer;
    if (active != null) {
      return active.open(() -> (SQLiteConnection) config.createConnection(url));
    }
    if (state == State.UNAVAILABLE) {
      throw new BurgageException(
          ErrorCode.GUARD_UNAVAILABLE,
          "SQL cannot be checked here, so none is run: %s. Use Linux on x86-64 or AArch64, or set"
                  .formatted(reason)
              + " BURGAGE_SQL_GUARD=trusted if you trust everybody who may send SQL.");
    }
    var connection = (SQLiteConnection) config.createConnection(url);
    return new GuardedConnection(connection, new Permit(), /* inside= */ null, () -> {});
  }
}
