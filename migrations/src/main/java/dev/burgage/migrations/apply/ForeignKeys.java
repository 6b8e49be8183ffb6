package dev.burgage.migrations.apply;

import dev.burgage.migrations.script.Pragma;
import dev.burgage.migrations.script.ScriptStatements;
import dev.burgage.protocol.migration.MigrationScript;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Foreign keys that a migration loosens, inside its transaction: switched off for a script, or
/// deferred.
///
/// `PRAGMA foreign_keys = OFF` is how a table is rebuilt that others refer to, in SQLite's own
/// procedure (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes") and in
/// what Prisma and drizzle-kit write. In a transaction SQLite ignores it, and DROP TABLE then
/// deletes what refers to the rows with ON DELETE CASCADE. So whoever runs a script that has it
/// switches them off for all of the script
/// ([dev.burgage.migrations.guard.GuardedConnection#enforceForeignKeys]), wherever it stands: what
/// an action would have kept in order before it is found at the end.
///
/// SQLite counts violations while it defers them, and refuses the COMMIT when the count is not
/// zero. The usual way to rebuild a table that others refer to (make the new one, copy, drop the
/// old one, rename) leaves the count high though no row is wrong at the end. So the rows are looked
/// at instead; if all are right, the count is set back, which is what switching the deferral off
/// does.
final class ForeignKeys {
  private ForeignKeys() {}

  static boolean areOff(MigrationScript script) {
    return Pragma.switchForeignKeysOff(ScriptStatements.of(script));
  }

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
