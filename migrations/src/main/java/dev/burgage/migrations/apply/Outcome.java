package dev.burgage.migrations.apply;

import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import org.jspecify.annotations.Nullable;

/// What became of applying a set to one database.
public sealed interface Outcome {
  /// The newest version in the database's history before; null if there was none, or if it could
  /// not be read.
  @Nullable String fromVersion();

  /// The newest version in the database's history now.
  @Nullable String toVersion();

  /// The missing scripts are in the histories now; those that ran are committed with them.
  ///
  /// @param scripts how many ran
  /// @param fingerprint of the schema now
  record Applied(@Nullable String fromVersion, String toVersion, int scripts, String fingerprint)
      implements Outcome {}

  /// Every script of the set was in the history already; the history may go on beyond the set.
  ///
  /// @param fingerprint of the schema
  record UpToDate(@Nullable String fromVersion, String fingerprint) implements Outcome {
    @Override
    public @Nullable String toVersion() {
      return fromVersion;
    }
  }

  /// The database is as it was before.
  ///
  /// @param place of the statement that failed; null if no statement of the set did
  record Failed(@Nullable String fromVersion, Failure failure, @Nullable Place place)
      implements Outcome {
    @Override
    public @Nullable String toVersion() {
      return fromVersion;
    }
  }

  /// Where in the set a statement stands.
  ///
  /// @param statement its number in the script, from 1
  /// @param line of its first token in the script, from 1
  record Place(String script, int statement, int line) {}
}
