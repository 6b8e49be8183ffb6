package dev.burgage.migrations.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Settles deferred foreign keys at the end of a migration, inside its transaction.
///
/// SQLite counts violations while it defers them, and refuses the COMMIT when the count is not
/// zero. The usual way to rebuild a table that others refer to (make the new one, copy, drop the
/// old one, rename) leaves the count high though no row is wrong at the end. So the rows are looked
/// at instead; if all are right, the count is set back, which is what switching the deferral off
/// does.
final class ForeignKeys {
  private ForeignKeys() {}

  /// @return what is wrong, for people; null if every row is right
  static @Nullable String settle(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("PRAGMA foreign_key_check");
        ResultSet row = statement.executeQuery()) {
      if (row.next()) {
        return "a row of table \"%s\" refers to no row of table \"%s\" at the end of the migration"
            .formatted(row.getString("table"), row.getString("parent"));
      }
    }
    try (PreparedStatement statement =
        connection.prepareStatement("PRAGMA defer_foreign_keys = OFF")) {
      statement.execute();
    }
    return null;
  }
}
