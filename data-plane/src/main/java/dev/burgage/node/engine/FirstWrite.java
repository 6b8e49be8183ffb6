package dev.burgage.node.engine;

import java.io.IOException;

/// Is told before the first commit of a database since it was opened, or since its state was kept
/// ([SqliteDatabase#keptNow]). When it throws, nothing is committed.
@FunctionalInterface
public interface FirstWrite {
  /// What this does is on the disk when it returns.
  void before(DatabaseIdentity identity) throws IOException;
}
