package dev.burgage.migrations.apply;

import org.jspecify.annotations.Nullable;

/// What became of applying a set to one database.
public sealed interface Outcome {
  /// The newest version in the database's history before; null if there was none, or if it could
  /// not be read.
  @Nullable String fromVersion();

  /// The newest version in the database's history now.
  @Nullable String toVersion();

  /// Scripts ran, and all of them are committed.
  ///
  /// @param scripts how many
  record Applied(@Nullable String fromVersion, String toVersion, int scripts) implements Outcome {}

  /// Every script of the set was in the history already; the history may go on beyond the set.
  record UpToDate(@Nullable String fromVersion) implements Outcome {
    @Override
    public @Nullable String toVersion() {
      return fromVersion;
    }
  }

  /// The database is as it was before.
  ///
  /// @param error for people: the script, the line, what SQLite said
  /// @param place of the statement that failed; null if no statement of the set did
  record Failed(@Nullable String fromVersion, String error, @Nullable Place place)
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
