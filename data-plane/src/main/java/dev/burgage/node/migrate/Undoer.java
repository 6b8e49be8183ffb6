package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.apply.RolloutMark;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.history.Rewind;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.Undo;
import dev.burgage.protocol.node.Undone;
import dev.burgage.protocol.node.Undone.Result;
import dev.burgage.protocol.node.Undone.UndoOutcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts databases back to their state from before a rollout. Thread-safe.
public final class Undoer {
  private static final Logger LOG = LoggerFactory.getLogger(Undoer.class);

  private final Closed closed;
  private final Dormant dormant;
  private final TakenBack takenBack;
  private final WakeUp wakeUp;
  private final Rewind rewind;
  private final ExecutorService workers;

  /// @param workers runs one target each
  public Undoer(Migrator.Storage storage, WakeUp wakeUp, Rewind rewind, ExecutorService workers) {
    this.closed = new Closed(storage.databases(), storage.files());
    this.rewind = rewind;
    this.dormant = storage.dormant();
    this.takenBack = storage.takenBack();
    this.wakeUp = wakeUp;
    this.workers = workers;
  }

  /// Blocks until all have ended.
  public Undone undo(Undo order) throws IOException {
    // First of all: what a late order does from here on is nothing.
    takenBack.note(order.rollout(), order.number());
    Set<DatabaseIdentity> unchanged =
        Set.copyOf(
            dormant.forget(
                order.rollout(), order.targets().stream().map(Closed::identity).toList()));
    List<CompletableFuture<UndoOutcome>> running = new ArrayList<>(order.targets().size());
    for (Target target : order.targets()) {
      running.add(
          unchanged.contains(Closed.identity(target))
              ? CompletableFuture.completedFuture(
                  unseen(target.database(), Result.UNDONE, /* error= */ null))
              : CompletableFuture.supplyAsync(() -> undo(order, target), workers));
    }
    return new Undone(running.stream().map(CompletableFuture::join).toList());
  }

  private static UndoOutcome unseen(DatabaseId database, Result result, @Nullable String error) {
    return new UndoOutcome(database, result, null, null, error);
  }

  private UndoOutcome undo(Undo order, Target target) {
    DatabaseIdentity identity = Closed.identity(target);
    try {
      wakeUp.awaitSettled(identity);
      Seen seen = closed.with(target, database -> look(order.rollout(), database));
      RolloutMark mark = seen.mark();
      if (mark == null) {
        // What has its version all the same was marked as applied, or never behind.
        return seen.outcome(identity, isAt(order, seen) ? Result.NOT_KEPT : Result.UNDONE);
      }
      return Rewind.isNext(mark.before(), seen.newest())
          ? putBack(target, mark.before(), seen)
          : seen.outcome(identity, Result.WRITTEN);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Database {} could not be put back", target.database(), e);
      return unseen(target.database(), Result.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /// A database before it is taken back.
  ///
  /// @param mark of the rollout; null if it has changed nothing
  private record Seen(@Nullable RolloutMark mark, Bookmark newest, State state) {
    UndoOutcome outcome(DatabaseIdentity identity, Result result) {
      return state.outcome(identity, result);
    }
  }

  private record State(@Nullable String version, String fingerprint) {
    static State of(Connection connection) throws SQLException {
      return new State(History.currentVersion(connection), Schema.read(connection).fingerprint());
    }

    UndoOutcome outcome(DatabaseIdentity identity, Result result) {
      return new UndoOutcome(identity.database(), result, version, fingerprint, /* error= */ null);
    }
  }

  // In a hold of the writer: an apply that is under way is seen, or sees that it is late.
  private static Seen look(UUID rollout, SqliteDatabase database) {
    return database.exclusivelyLooking(connection ->
        connection.as(
            Policy.TRUSTED,
            jdbc ->
                new Seen(RolloutMark.find(jdbc, rollout), database.bookmark(), State.of(jdbc))));
  }

  private static boolean isAt(Undo order, Seen seen) {
    String current = seen.state().version();
    return current != null && MigrationSetReader.compareVersions(current, order.version()) >= 0;
  }

  private UndoOutcome putBack(Target target, Bookmark before, Seen seen) throws IOException {
    DatabaseIdentity identity = Closed.identity(target);
    try {
      return rewind
          .unlessMovedOn(identity, target.limits(), before, State::of)
          .map(state -> state.outcome(identity, Result.UNDONE))
          .orElseGet(() -> seen.outcome(identity, Result.WRITTEN));
    } catch (BurgageException e) {
      return switch (e.code()) {
        case MOMENT_NOT_KEPT, MOMENT_UNKNOWN, FOREIGN_BOOKMARK ->
            seen.outcome(identity, Result.NOT_KEPT);
        default -> throw e;
      };
    }
  }
}
