package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.migrations.apply.RolloutMark;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.ClosedDatabase;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// An order's set, ready for many databases. Thread-safe.
final class Application {
  private final UUID rollout;
  private final long number;
  private final TakenBack takenBack;
  private final MigrationApplier applier;

  Application(ApplyMigrations order, TakenBack takenBack) {
    this.rollout = order.rollout();
    this.number = order.number();
    this.takenBack = takenBack;
    this.applier = new MigrationApplier(order.scripts(), order.invariants());
  }

  /// Whether the rollout was taken back since it was ordered.
  boolean isLate() {
    return takenBack.isLate(rollout, number);
  }

  /// Brings a database to the last script, in one hold of the writer.
  Outcome to(SqliteDatabase database) {
    return database.exclusivelyLooking(
        connection -> to(connection, database.bookmark(), database::beforeCommit));
  }

  /// As the other, for a database that nobody has open.
  Outcome to(ClosedDatabase database) {
    return database.run((connection, before) -> to(connection, before, () -> {}));
  }

  private Outcome to(
      GuardedConnection connection, Bookmark before, MigrationApplier.BeforeChange beforeChange) {
    // While the database is held: what takes it back comes before, and is seen, or finds the mark.
    takenBack.check(rollout, number);
    return applier.apply(connection, new RolloutMark(rollout, before), beforeChange);
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

  static ApplyOutcome failed(DatabaseId database, RuntimeException e, long startNanos) {
    String error = String.valueOf(e.getMessage());
    boolean isLate = e instanceof BurgageException refused && refused.code() == ErrorCode.FENCED;
    Failure failure = new Failure(isLate ? Kind.FENCED : Kind.DATABASE, error, error);
    return new ApplyOutcome(
        database, Result.FAILED, null, null, null, failure, millisSince(startNanos));
  }

  static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
