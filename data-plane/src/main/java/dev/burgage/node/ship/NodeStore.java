package dev.burgage.node.ship;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What a node has apart from its disk: the store and its keys, its log on the way there, and the
/// way back. Thread-safe.
public final class NodeStore implements AutoCloseable {
  private final ObjectStore store;
  private final Layout layout;
  private final Shipping shipping;
  private final Restore restore;
  private final Restore.Local local;
  private final CommitLog log;

  private NodeStore(Shipping.Parts parts, Shipping shipping, Guard guard) {
    this.store = parts.store();
    this.layout = parts.layout();
    this.shipping = shipping;
    this.log = parts.log();
    this.restore = new Restore(store, layout, new StructureProof(guard));
    this.local = new Restore.Local(parts.log()::reader, parts.templates());
  }

  /// Begins to ship. The store need not answer yet.
  ///
  /// @param parts the store among them, which is closed with this
  /// @throws IOException if the node's own folder cannot be used
  public static NodeStore open(Shipping.Parts parts, ShipSettings settings, Guard guard)
      throws IOException {
    return new NodeStore(parts, Shipping.start(parts, settings), guard);
  }

  public ObjectStore store() {
    return store;
  }

  public Layout layout() {
    return layout;
  }

  public Shipping shipping() {
    return shipping;
  }

  /// Makes files from the store.
  public Restore restore() {
    return restore;
  }

  /// This node's own log, for what the store does not have yet.
  public Restore.Local local() {
    return local;
  }

  /// Says that this node's log goes on with a database whose newest transaction another log has.
  /// From now on nothing counts that another log says of a later one. Before anything of it is
  /// appended.
  ///
  /// @param transaction the first that this log will have
  /// @throws FencedOffException if a later log goes on with it
  public void goOn(DatabaseId database, long generation, long transaction) throws IOException {
    LogPosition from = log.durableEnd();
    new Home(database, generation, shipping.name(), transaction, from, /* isOfBase= */ false)
        .putAsNext(store, layout);
  }

  /// Up to when the store has what this node wrote to logs before the one that it has; null if
  /// there are none. In seconds since 1970.
  public @Nullable Long earlierLogsUntil() throws StoreException {
    LogObjects objects = new LogObjects(store, layout);
    Long until = null;
    for (LogName earlier : objects.logs(shipping.name().node())) {
      if (!earlier.equals(shipping.name())) {
        for (Span span : objects.list(earlier, LogObjects.NOWHERE).spans()) {
          until = Math.max(until == null ? 0 : until, span.name().second());
        }
      }
    }
    return until;
  }

  /// Before the log is closed.
  @Override
  public void close() {
    shipping.close();
    store.close();
  }
}
