package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.undo.KeptCopies;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.Undo;
import dev.burgage.protocol.node.Undone;
import dev.burgage.protocol.node.Undone.Result;
import dev.burgage.protocol.node.Undone.UndoOutcome;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private final KeptCopies copies;
  private final Dormant dormant;
  private final TakenBack takenBack;
  private final WakeUp wakeUp;
  private final ExecutorService workers;

  /// @param workers runs one target each
  public Undoer(Migrator.Storage storage, WakeUp wakeUp, ExecutorService workers) {
    this.closed = new Closed(storage.databases(), storage.files());
    this.copies = storage.copies();
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
    try {
      DatabaseIdentity identity = Closed.identity(target);
      wakeUp.awaitSettled(identity);
      return closed.with(
          target,
          database -> database.exclusivelyLooking(connection -> undo(order, identity, connection)));
    } catch (RuntimeException e) {
      LOG.warn("Database {} could not be put back", target.database(), e);
      return unseen(target.database(), Result.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private UndoOutcome undo(Undo order, DatabaseIdentity identity, GuardedConnection connection)
      throws SQLException {
    try {
      Result result = result(order, identity, connection);
      return connection.as(
          Policy.TRUSTED,
          jdbc ->
              new UndoOutcome(
                  identity.database(),
                  result,
                  History.currentVersion(jdbc),
                  Schema.read(jdbc).fingerprint(),
                  /* error= */ null));
    } catch (IOException e) {
      throw new SQLException("its copy cannot be read: " + e.getMessage(), e);
    }
  }

  private Result result(Undo order, DatabaseIdentity identity, GuardedConnection connection)
      throws SQLException, IOException {
    UUID rollout = order.rollout();
    return switch (copies.state(rollout, identity)) {
      // A copy is on the disk before the migration commits. So the rollout has changed nothing, or
      // kept none; and what has its version all the same was marked as applied, or never behind.
      case null -> isAt(order.version(), connection) ? Result.NO_COPY : Result.UNDONE;
      case UNDONE -> Result.UNDONE;
      case CLEAN -> copies.putBack(rollout, identity, connection) ? Result.UNDONE : Result.NO_COPY;
      case WRITTEN -> isAsBefore(rollout, identity, connection) ? Result.UNDONE : Result.WRITTEN;
    };
  }

  private static boolean isAt(String version, GuardedConnection connection) throws SQLException {
    String current = connection.as(Policy.TRUSTED, History::currentVersion);
    return current != null && MigrationSetReader.compareVersions(current, version) >= 0;
  }

  // The node died between copy and migration, or between the return and its mark, and the tenant
  // has written since: the rollout's change is not in the database.
  private boolean isAsBefore(UUID rollout, DatabaseIdentity identity, GuardedConnection connection)
      throws SQLException, IOException {
    KeptCopies.Version before = copies.writtenVersion(rollout, identity);
    return before != null
        && Objects.equals(before.text(), connection.as(Policy.TRUSTED, History::currentVersion));
  }
}
