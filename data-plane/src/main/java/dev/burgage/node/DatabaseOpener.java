package dev.burgage.node;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.recover.Recovery;
import dev.burgage.protocol.binding.Limits;

/// Opens databases by their files; one that the disk has lost is brought back first. Thread-safe.
record DatabaseOpener(DatabaseFiles files, EngineSettings engine, Recovery recovery)
    implements OpenDatabases.Opener {
  @Override
  public SqliteDatabase open(DatabaseIdentity identity, Limits limits) {
    return new SqliteDatabase(
        files.path(identity.database(), identity.generation()), identity, limits, engine);
  }

  @Override
  public void prepare(DatabaseIdentity identity, long waitMillis) {
    recovery.require(identity, waitMillis);
  }
}
