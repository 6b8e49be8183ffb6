package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One migration set, ready to be applied to many databases: it is split once. What is missing in a
/// database runs in one transaction together with its history rows, so a database is at the old
/// version or at the new one, never between. Thread-safe; a connection is used by the calling
/// thread only.
public final class MigrationApplier {
  private final List<Script> scripts;

  /// @param scripts the pool's whole set up to the wanted version, in order
  public MigrationApplier(List<MigrationScript> scripts) {
    this.scripts = scripts.stream().map(Script::of).toList();
  }

  /// Brings the database to the last script of the set. SQL errors are outcomes, not exceptions,
  /// and leave no transaction open.
  ///
  /// @param connection a writable SQLite connection in auto-commit mode, outside of a transaction
  public Outcome apply(GuardedConnection connection) {
    return apply(connection, _ -> {});
  }

  /// Is called when scripts are missing, before the transaction begins.
  @FunctionalInterface
  public interface BeforeChange {
    /// @param fromVersion newest version in the history now; null if there is none
    /// @throws SQLException to leave the database as it is: its message becomes the outcome's
    void changing(@Nullable String fromVersion) throws SQLException;
  }

  /// As [#apply(GuardedConnection)], for callers who keep the state before a change.
  public Outcome apply(GuardedConnection connection, BeforeChange beforeChange) {
    Policy before = connection.permit(Policy.TRUSTED);
    try {
      if (!connection.jdbc().getAutoCommit()) {
        throw new IllegalStateException("the connection must be in auto-commit mode");
      }
      List<AppliedScript> applied = History.read(connection.jdbc());
      Outcome known = decide(connection.jdbc(), applied == null ? List.of() : applied);
      return known == null ? applyMissing(connection, version(applied), beforeChange) : known;
    } catch (SQLException e) {
      return unreadable(e);
    } finally {
      connection.permit(before);
    }
  }

  private static Outcome unreadable(SQLException e) {
    String error = "its history cannot be read: " + SqliteMessage.of(e);
    return new Outcome.Failed(null, new Failure(Kind.DATABASE, error, error), null);
  }

  /// @return the outcome if nothing is to be run, null if scripts are missing
  private @Nullable Outcome decide(Connection connection, List<AppliedScript> applied)
      throws SQLException {
    for (int i = 0; i < Math.min(applied.size(), scripts.size()); i++) {
      String difference = applied.get(i).difference(scripts.get(i).script());
      if (difference != null) {
        String error = "the database differs: " + difference;
        return new Outcome.Failed(version(applied), new Failure(Kind.HISTORY, error, error), null);
      }
    }
    return applied.size() >= scripts.size()
        ? new Outcome.UpToDate(version(applied), Schema.read(connection).fingerprint())
        : null;
  }

  // The history is read again inside, so that the decision and the change are one.
  private Outcome applyMissing(
      GuardedConnection connection, @Nullable String from, BeforeChange beforeChange) {
    Outcome outcome;
    try {
      beforeChange.changing(from);
      run(connection.jdbc(), "BEGIN IMMEDIATE");
      outcome = inTransaction(connection);
    } catch (SQLException e) {
      String error = SqliteMessage.of(e);
      outcome = new Outcome.Failed(from, new Failure(Kind.DATABASE, error, error), null);
    } catch (RuntimeException | Error e) {
      rollBack(connection.jdbc());
      throw e;
    }
    if (!(outcome instanceof Outcome.Applied)) {
      rollBack(connection.jdbc());
    }
    return outcome;
  }

  private Outcome inTransaction(GuardedConnection connection) throws SQLException {
    List<AppliedScript> read = History.read(connection.jdbc());
    List<AppliedScript> applied = read == null ? List.of() : read;
    String from = version(applied);
    Outcome known = decide(connection.jdbc(), applied);
    if (known != null) {
      return known;
    }
    if (read == null) {
      History.create(connection.jdbc());
    }
    int rank = applied.isEmpty() ? 0 : applied.getLast().rank();
    List<Script> missing = scripts.subList(applied.size(), scripts.size());
    for (Script script : missing) {
      Outcome.Failed failed = run(connection, script, ++rank, from);
      if (failed != null) {
        return failed;
      }
    }
    return commit(connection.jdbc(), missing, from);
  }

  private static Outcome.@Nullable Failed run(
      GuardedConnection connection, Script script, int rank, @Nullable String from)
      throws SQLException {
    long start = System.nanoTime();
    for (int i = 0; i < script.statements().size(); i++) {
      SqlStatement statement = script.statements().get(i);
      try {
        connection.as(Policy.OPERATOR, jdbc -> run(jdbc, statement.sql()));
      } catch (SQLException e) {
        return failed(script, i, SqliteMessage.of(e), from);
      }
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    History.add(
        connection.jdbc(), rank, script.script(), (int) Math.min(millis, Integer.MAX_VALUE));
    return null;
  }

  private static Outcome.Failed failed(
      Script script, int index, String message, @Nullable String from) {
    String name = script.script().script();
    int line = script.statements().get(index).line();
    String error = "%s, line %d, statement %d: %s".formatted(name, line, index + 1, message);
    return new Outcome.Failed(
        from, new Failure(Kind.STATEMENT, error, error), new Outcome.Place(name, index + 1, line));
  }

  private static Outcome commit(Connection connection, List<Script> missing, @Nullable String from)
      throws SQLException {
    if (missing.stream().anyMatch(Script::defersForeignKeys)) {
      String broken = ForeignKeys.settle(connection);
      if (broken != null) {
        return new Outcome.Failed(from, new Failure(Kind.STATEMENT, broken, broken), null);
      }
    }
    String fingerprint = Schema.read(connection).fingerprint();
    run(connection, "COMMIT");
    return new Outcome.Applied(
        from, missing.getLast().script().version(), missing.size(), fingerprint);
  }

  /// Rows are read to the end, as Flyway does: a SELECT may fail at its last row.
  ///
  /// @return how many
  private static long run(Connection connection, String sql) throws SQLException {
    long count = 0;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (statement.execute()) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            count++;
          }
        }
      }
    }
    return count;
  }

  // SQLite has ended the transaction itself after some errors (disk full, interrupt); then this one
  // fails and there is nothing to roll back.
  private static void rollBack(Connection connection) {
    try {
      run(connection, "ROLLBACK");
    } catch (SQLException e) {
      return;
    }
  }

  private static @Nullable String version(@Nullable List<AppliedScript> applied) {
    return applied == null || applied.isEmpty() ? null : applied.getLast().version();
  }

  /// A script and its statements.
  private record Script(
      MigrationScript script, List<SqlStatement> statements, boolean defersForeignKeys) {
    static Script of(MigrationScript script) {
      List<SqlStatement> statements = StatementSplitter.split(script.sql());
      boolean defers = statements.stream().anyMatch(statement -> defers(statement.sql()));
      return new Script(script, statements, defers);
    }

    private static boolean defers(String sql) {
      if (!StatementSplitter.firstKeyword(sql).equals("PRAGMA")) {
        return false;
      }
      SqlTokens tokens = new SqlTokens(sql);
      for (Token token = tokens.next(); token != null; token = tokens.next()) {
        if (token.isWord("DEFER_FOREIGN_KEYS")) {
          return true;
        }
      }
      return false;
    }
  }
}
