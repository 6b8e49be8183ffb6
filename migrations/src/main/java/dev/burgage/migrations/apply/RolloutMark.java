package dev.burgage.migrations.apply;

import dev.burgage.protocol.Bookmark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a rollout leaves in a database's history, in the transaction of its migrations: which
/// rollout it was, and to which bookmark whoever takes it back must go. People see it as "Installed
/// by" in `flyway info`.
///
/// @param before of the newest commit before the rollout's
public record RolloutMark(UUID rollout, Bookmark before) {
  private static final String BEFORE = ", before: ";
  private static final String FIND =
      "SELECT installed_by FROM main._cf_schema_history WHERE instr(installed_by, ?)"
          + " ORDER BY installed_rank DESC LIMIT 1";

  private static final String CHANGE =
      """
      WITH own AS (
        SELECT count(*) AS scripts, min(installed_rank) AS first
        FROM main._cf_schema_history WHERE instr(installed_by, ?))
      SELECT scripts, (
        SELECT version FROM main._cf_schema_history
        WHERE success AND version IS NOT NULL AND installed_rank < first
        ORDER BY installed_rank DESC LIMIT 1)
      FROM own\
      """;

  /// What a rollout has changed.
  ///
  /// @param scripts how many of its scripts are in the history, at least one
  /// @param fromVersion before the first of them
  record Change(int scripts, @Nullable String fromVersion) {}

  String text() {
    return start(rollout) + before;
  }

  private static String start(UUID rollout) {
    return "rollout " + rollout + BEFORE;
  }

  /// The mark of a rollout.
  ///
  /// @return null if it has changed nothing here
  public static @Nullable RolloutMark find(Connection connection, UUID rollout)
      throws SQLException {
    if (!History.exists(connection)) {
      return null;
    }
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, start(rollout));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? parse(rollout, row.getString(1)) : null;
      }
    }
  }

  /// What the rollout has changed in a database that has a history.
  ///
  /// @return null if nothing
  static @Nullable Change change(Connection connection, UUID rollout) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CHANGE)) {
      statement.setString(1, start(rollout));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getInt(1) > 0 ? new Change(row.getInt(1), row.getString(2)) : null;
      }
    }
  }

  private static RolloutMark parse(UUID rollout, String text) {
    return new RolloutMark(
        rollout, Bookmark.parse(text.substring(text.indexOf(BEFORE) + BEFORE.length())));
  }
}
