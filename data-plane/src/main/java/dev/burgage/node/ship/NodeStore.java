package dev.burgage.node.ship;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.store.ObjectStore;
import java.io.IOException;

/// What a node has apart from its disk: the store and its keys, its log on the way there, and the
/// way back. Thread-safe.
public final class NodeStore implements AutoCloseable {
  private final ObjectStore store;
  private final Layout layout;
  private final Shipping shipping;
  private final Restore restore;
  private final Restore.Local local;

  private NodeStore(Shipping.Parts parts, Shipping shipping, Guard guard) {
    this.store = parts.store();
    this.layout = parts.layout();
    this.shipping = shipping;
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

  /// Before the log is closed.
  @Override
  public void close() {
    shipping.close();
    store.close();
  }
}
