package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.ClosedDatabase;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.undo.KeptCopies;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// An order's set, ready for many databases, with what the order wants kept of each. Thread-safe.
final class Application {
  private final UUID rollout;
  private final long number;
  private final TakenBack takenBack;
  private final MigrationApplier applier;
  private final KeptCopies copies;
  private final boolean keeps;

  /// @throws IOException if there is no room for the copies' folder
  Application(ApplyMigrations order, KeptCopies copies, TakenBack takenBack, Clock clock)
      throws IOException {
    this.rollout = order.rollout();
    this.number = order.number();
    this.takenBack = takenBack;
    this.applier = new MigrationApplier(order.scripts(), order.invariants());
    this.copies = copies;
    ApplyMigrations.Copies wanted = order.copies();
    this.keeps = wanted != null && wanted.untilMillis() > clock.millis();
    if (wanted != null && keeps) {
      copies.open(rollout, wanted.untilMillis());
    }
  }

  /// Whether the rollout was taken back since it was ordered.
  boolean isLate() {
    return takenBack.isLate(rollout, number);
  }

  /// Brings a database to the last script. In one hold of the writer: what is kept is the state
  /// directly before the migration, and copies of before hear of it only if it is committed.
  Outcome to(SqliteDatabase database, DatabaseIdentity identity) {
    return database.exclusivelyLooking(connection -> to(database::keptNow, identity, connection));
  }

  /// As the other, for a database that nobody has open.
  Outcome to(ClosedDatabase database) {
    return database.run(connection -> to(() -> {}, database.identity(), connection));
  }

  private Outcome to(Runnable keptNow, DatabaseIdentity identity, GuardedConnection connection)
      throws SQLException {
    // While the database is held: what takes it back comes before, and is seen, or finds the copy.
    takenBack.check(rollout, number);
    Keeping keeping = new Keeping(copies, keeps ? rollout : null, keptNow, identity);
    Outcome outcome = applier.apply(connection, version -> keeping.before(connection, version));
    keeping.after(outcome instanceof Outcome.Applied);
    return outcome;
  }

  static ApplyOutcome outcome(DatabaseId database, Outcome outcome, long startNanos) {
    String from = outcome.fromVersion();
    String to = outcome.toVersion();
    long millis = millisSince(startNanos);
    return switch (outcome) {
      case Outcome.Applied applied ->
          new ApplyOutcome(database, Result.APPLIED, from, to, applied.fingerprint(), null, millis);
      case Outcome.UpToDate same ->
          new ApplyOutcome(database, Result.UP_TO_DATE, from, to, same.fingerprint(), null, millis);
      case Outcome.Failed failed ->
          new ApplyOutcome(database, Result.FAILED, from, to, null, failed.failure(), millis);
    };
  }

  static ApplyOutcome failed(DatabaseId database, String error, long startNanos) {
    Failure failure = new Failure(Kind.DATABASE, error, error);
    return new ApplyOutcome(
        database, Result.FAILED, null, null, null, failure, millisSince(startNanos));
  }

  static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
