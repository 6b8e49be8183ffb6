package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Fingerprints;
import dev.burgage.migrations.script.Pragma;
import dev.burgage.migrations.script.ScriptStatements;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.migration.Invariant;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One migration set, ready to be applied to many databases: it is split once. What is missing in a
/// database runs in one transaction together with its history rows, so a database is at the old
/// version or at the new one, never between. Thread-safe; a connection is used by the calling
/// thread only.
public final class MigrationApplier {
  /// What a history row says of a script that was only marked as applied.
  private static final String MARKED_BY = "marked as applied";

  private final List<Script> scripts;
  private final List<String> names;
  private final String namesJson;
  private final List<Invariant> invariants;
  private final Fingerprints fingerprints = new Fingerprints();

  /// @param scripts the pool's whole set up to the wanted version, in order
  public MigrationApplier(List<MigrationScript> scripts) {
    this(scripts, List.of());
  }

  /// @param scripts the pool's whole set up to the wanted version, in order
  /// @param invariants asked in the transaction; one that does not hold rolls it back. Not asked
  ///   where nothing is to be applied
  public MigrationApplier(List<MigrationScript> scripts, List<Invariant> invariants) {
    this.scripts = scripts.stream().map(Script::of).toList();
    this.names = scripts.stream().map(MigrationScript::script).toList();
    this.namesJson = Json.mapper().writeValueAsString(names);
    this.invariants = List.copyOf(invariants);
  }

  /// Brings the database to the last script of the set. SQL errors are outcomes, not exceptions,
  /// and leave no transaction open.
  ///
  /// @param connection a writable SQLite connection in auto-commit mode, outside of a transaction
  public Outcome apply(GuardedConnection connection) {
    return bring(
        connection,
        () -> {},
        (guarded, applied, byWrangler) -> applyMissing(guarded, applied, byWrangler, ""));
  }

  /// Is called when scripts are missing, before anything is changed.
  @FunctionalInterface
  public interface BeforeChange {
    /// @throws SQLException to leave the database as it is: its message becomes the outcome's
    void changing() throws SQLException;
  }

  /// As [#apply(GuardedConnection)], by a rollout. What an earlier order of the same rollout has
  /// applied is answered as it was then: nobody may have heard of it.
  ///
  /// @param rollout stands in the history of what is applied now
  public Outcome apply(
      GuardedConnection connection, RolloutMark rollout, BeforeChange beforeChange) {
    Outcome outcome =
        bring(
            connection,
            beforeChange,
            (guarded, applied, byWrangler) ->
                applyMissing(guarded, applied, byWrangler, rollout.text()));
    return outcome instanceof Outcome.UpToDate same && same.toVersion() != null
        ? appliedBefore(connection, rollout, same, same.toVersion())
        : outcome;
  }

  private static Outcome appliedBefore(
      GuardedConnection connection, RolloutMark rollout, Outcome.UpToDate now, String version) {
    try {
      var change =
          connection.as(Policy.TRUSTED, jdbc -> RolloutMark.change(jdbc, rollout.rollout()));
      return change == null
          ? now
          : new Outcome.Applied(change.fromVersion(), version, change.scripts(), now.fingerprint());
    } catch (SQLException e) {
      return unreadable(e);
    }
  }

  /// Writes into both histories that the missing scripts were applied, in one transaction, and runs
  /// none of them: what they would have made was made by hand. No invariant is asked.
  ///
  /// @param connection as for [#apply(GuardedConnection)]
  public Outcome mark(GuardedConnection connection, BeforeChange beforeChange) {
    return bring(connection, beforeChange, this::markMissing);
  }

  /// What is done about missing scripts, in a transaction; it commits, or the outcome is a failure.
  @FunctionalInterface
  private interface Change {
    Outcome make(GuardedConnection connection, List<AppliedScript> applied, Set<String> byWrangler)
        throws SQLException;
  }

  private Outcome bring(GuardedConnection connection, BeforeChange beforeChange, Change change) {
    if (!connection.jdbc().getConnectionConfig().isAutoCommit()) {
      throw new IllegalStateException("the connection must be in auto-commit mode");
    }
    Policy before = connection.permit(Policy.TRUSTED);
    // The flag only: with it the driver tries BEGIN and COMMIT after every statement.
    connection.jdbc().getConnectionConfig().setAutoCommit(false);
    try {
      return begin(connection, beforeChange, change);
    } finally {
      connection.jdbc().getConnectionConfig().setAutoCommit(true);
      connection.permit(before);
    }
  }

  private static Outcome unreadable(SQLException e) {
    String error = "its history cannot be read: " + SqliteMessage.of(e);
    return new Outcome.Failed(null, Causes.of(Kind.DATABASE, error), null);
  }

  /// @return the outcome if nothing is to be run, null if scripts are missing
  private @Nullable Outcome decide(Connection connection, List<AppliedScript> applied)
      throws SQLException {
    for (int i = 0; i < Math.min(applied.size(), scripts.size()); i++) {
      String difference = applied.get(i).difference(scripts.get(i).script());
      if (difference != null) {
        String error = "the database differs: " + difference;
        return new Outcome.Failed(version(applied), Causes.history(error), null);
      }
    }
    return applied.size() >= scripts.size()
        ? new Outcome.UpToDate(version(applied), fingerprints.of(connection))
        : null;
  }

  // The decision and the change are one: nobody writes between them.
  private Outcome begin(GuardedConnection connection, BeforeChange beforeChange, Change change) {
    Outcome outcome;
    try {
      run(connection.jdbc(), "BEGIN IMMEDIATE");
      outcome = inTransaction(connection, beforeChange, change);
    } catch (SQLException e) {
      outcome = unusable(null, e);
    } catch (RuntimeException | Error e) {
      rollBack(connection.jdbc());
      throw e;
    }
    if (!(outcome instanceof Outcome.Applied)) {
      rollBack(connection.jdbc());
    }
    return outcome;
  }

  private Outcome inTransaction(
      GuardedConnection connection, BeforeChange beforeChange, Change change) {
    List<AppliedScript> read;
    List<AppliedScript> applied;
    try {
      read = History.read(connection.jdbc());
      applied = read == null ? List.of() : read;
      Outcome known = decide(connection.jdbc(), applied);
      if (known != null) {
        return known;
      }
    } catch (SQLException e) {
      return unreadable(e);
    }
    try {
      beforeChange.changing();
      return changed(connection, read == null, applied, change);
    } catch (SQLException e) {
      return unusable(version(applied), e);
    }
  }

  private static Outcome unusable(@Nullable String from, SQLException e) {
    return new Outcome.Failed(from, Causes.of(Kind.DATABASE, SqliteMessage.of(e)), null);
  }

  private Outcome changed(
      GuardedConnection connection, boolean isFirst, List<AppliedScript> applied, Change change)
      throws SQLException {
    if (isFirst) {
      History.create(connection.jdbc());
    }
    Set<String> byWrangler;
    try {
      byWrangler = connection.as(Policy.TENANT, this::namesInD1History);
    } catch (SQLException e) {
      return inD1History(e, version(applied));
    }
    return change.make(connection, applied, byWrangler);
  }

  private Set<String> namesInD1History(Connection connection) throws SQLException {
    if (!D1History.create(connection)) {
      return Set.of();
    }
    Set<String> missing = D1History.missing(connection, namesJson);
    return missing.size() == names.size()
        ? Set.of()
        : names.stream().filter(name -> !missing.contains(name)).collect(Collectors.toSet());
  }

  /// @param byWrangler names that D1's history has
  /// @param by stands in our history
  private Outcome applyMissing(
      GuardedConnection connection, List<AppliedScript> applied, Set<String> byWrangler, String by)
      throws SQLException {
    String from = version(applied);
    List<Script> missing = scripts.subList(applied.size(), scripts.size());
    Failure failure = gap(missing, byWrangler);
    Invariants asked = new Invariants(invariants);
    failure = failure == null ? asked.askBefore(connection) : failure;
    if (failure != null) {
      return new Outcome.Failed(from, failure, null);
    }
    int rank = applied.isEmpty() ? 0 : applied.getLast().rank();
    for (Script script : missing) {
      rank++;
      if (script.isIn(byWrangler)) {
        String both = by.isEmpty() ? D1History.INSTALLED_BY : D1History.INSTALLED_BY + ", " + by;
        History.add(connection.jdbc(), rank, script.script(), both, 0);
        continue;
      }
      long start = System.nanoTime();
      Outcome.Failed failed = runLoosened(connection, script, from);
      if (failed != null) {
        return failed;
      }
      History.add(connection.jdbc(), rank, script.script(), by, millisSince(start));
    }
    return finish(connection, missing, byWrangler, asked, from);
  }

  private Outcome markMissing(
      GuardedConnection connection, List<AppliedScript> applied, Set<String> byWrangler)
      throws SQLException {
    String from = version(applied);
    int rank = applied.isEmpty() ? 0 : applied.getLast().rank();
    for (Script script : scripts.subList(applied.size(), scripts.size())) {
      rank++;
      History.add(connection.jdbc(), rank, script.script(), MARKED_BY, 0);
    }
    try {
      addToD1History(connection, byWrangler);
    } catch (SQLException e) {
      return inD1History(e, from);
    }
    return commit(connection.jdbc(), scripts.getLast(), 0, from);
  }

  private void addToD1History(GuardedConnection connection, Set<String> byWrangler)
      throws SQLException {
    List<String> added = names.stream().filter(name -> !byWrangler.contains(name)).toList();
    connection.as(
        Policy.TENANT,
        jdbc -> {
          D1History.add(jdbc, added);
          return null;
        });
  }

  /// Scripts run in order, whoever runs them.
  private static @Nullable Failure gap(List<Script> missing, Set<String> byWrangler) {
    String before = null;
    for (Script script : missing) {
      String name = script.script().script();
      if (!byWrangler.contains(name)) {
        before = before == null ? name : before;
      } else if (before != null) {
        return Causes.history(
            "the database differs: its table d1_migrations has \"%s\" but not \"%s\", which comes before it"
                .formatted(name, before));
      }
    }
    return null;
  }

  private static Outcome inD1History(SQLException e, @Nullable String from) {
    String words = SqliteMessage.of(e);
    String where = "its table d1_migrations cannot be used";
    return new Outcome.Failed(
        from, Causes.of(Kind.HISTORY, where, words, where + ": " + words), null);
  }

  private static Outcome.@Nullable Failed runLoosened(
      GuardedConnection connection, Script script, @Nullable String from) throws SQLException {
    if (!script.isWithoutForeignKeys()) {
      return run(connection, script, from);
    }
    connection.enforceForeignKeys(false);
    try {
      return run(connection, script, from);
    } finally {
      connection.enforceForeignKeys(true);
    }
  }

  private static Outcome.@Nullable Failed run(
      GuardedConnection connection, Script script, @Nullable String from) {
    for (SqlStatement statement : script.statements()) {
      try {
        connection.as(Policy.OPERATOR, jdbc -> run(jdbc, statement.sql()));
      } catch (SQLException e) {
        return failed(script, statement, SqliteMessage.of(e), from);
      }
    }
    return null;
  }

  private static int millisSince(long startNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private static Outcome.Failed failed(
      Script script, SqlStatement statement, String message, @Nullable String from) {
    String name = script.script().script();
    int number = statement.number();
    int line = statement.line();
    String where = "%s, statement %d".formatted(name, number);
    String error = "%s, line %d, statement %d: %s".formatted(name, line, number, message);
    return new Outcome.Failed(
        from,
        Causes.of(Kind.STATEMENT, where, message, error),
        new Outcome.Place(name, number, line));
  }

  private Outcome finish(
      GuardedConnection connection,
      List<Script> missing,
      Set<String> byWrangler,
      Invariants asked,
      @Nullable String from)
      throws SQLException {
    try {
      addToD1History(connection, byWrangler);
    } catch (SQLException e) {
      return inD1History(e, from);
    }
    Failure failure = asked.askAfter(connection);
    if (failure != null) {
      return new Outcome.Failed(from, failure, null);
    }
    int run = (int) missing.stream().filter(script -> !script.isIn(byWrangler)).count();
    if (missing.stream().anyMatch(Script::loosensForeignKeys)) {
      String broken = ForeignKeys.settle(connection.jdbc());
      if (broken != null) {
        return new Outcome.Failed(from, Causes.of(Kind.STATEMENT, broken), null);
      }
    }
    return commit(connection.jdbc(), missing.getLast(), run, from);
  }

  /// @param run how many of the missing were not marked only
  private Outcome commit(Connection connection, Script last, int run, @Nullable String from)
      throws SQLException {
    String fingerprint = fingerprints.of(connection);
    run(connection, "COMMIT");
    return new Outcome.Applied(from, last.script().version(), run, fingerprint);
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

  /// A script, its statements, and what they do about foreign keys.
  private record Script(
      MigrationScript script,
      List<SqlStatement> statements,
      boolean loosensForeignKeys,
      boolean isWithoutForeignKeys) {
    static Script of(MigrationScript script) {
      List<SqlStatement> statements = ScriptStatements.of(script);
      return new Script(
          script,
          statements,
          Pragma.allOf(statements).stream().anyMatch(Pragma::loosensForeignKeys),
          Pragma.switchForeignKeysOff(statements));
    }

    boolean isIn(Set<String> names) {
      return names.contains(script.script());
    }
  }
}
