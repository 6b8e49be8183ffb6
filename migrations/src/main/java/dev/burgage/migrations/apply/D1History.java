package dev.burgage.migrations.apply;

import dev.burgage.protocol.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// D1's table of applied migrations, as `wrangler d1 migrations apply` makes it: what is in it,
/// wrangler does not apply again, and neither do we.
///
/// The table is the tenant's: its own SQL may write what it wants there, or put a trigger on it. So
/// nothing here may run under [dev.burgage.migrations.guard.Policy#TRUSTED], under which a trigger
/// could reach the platform's tables; and no more is read than names that the set has.
final class D1History {
  static final String TABLE = "d1_migrations";

  /// What a row of our history says of a script that was found in this table.
  static final String INSTALLED_BY = TABLE;

  // With wrangler's white space: sqlite_schema keeps it, and then a dump of ours is one of D1's.
  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS "d1_migrations"(
      \t\tid         INTEGER PRIMARY KEY AUTOINCREMENT,
      \t\tname       TEXT UNIQUE,
      \t\tapplied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
      )\
      """;

  private static final String FIND =
      """
      SELECT type = 'table' AND rootpage > 0 FROM main.sqlite_schema
      WHERE name = 'd1_migrations' COLLATE NOCASE AND type IN ('table', 'view')\
      """;

  private static final String KNOWN =
      """
      SELECT wanted.value FROM json_each(?) AS wanted
      WHERE wanted.value IN (SELECT name FROM main.d1_migrations)\
      """;

  private static final String ADD =
      """
      INSERT INTO main.d1_migrations (name)
      SELECT wanted.value FROM json_each(?) AS wanted ORDER BY wanted.key\
      """;

  private D1History() {}

  /// @return whether it was there before
  /// @throws SQLException also if there is something else of its name
  static boolean create(Connection connection) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND);
        ResultSet row = find.executeQuery()) {
      if (row.next()) {
        if (!row.getBoolean(1)) {
          throw new SQLException("it is a view or a virtual table, where wrangler's is a table");
        }
        return true;
      }
    }
    try (PreparedStatement create = connection.prepareStatement(CREATE)) {
      create.execute();
    }
    return false;
  }

  /// Those of the names that it has, in their order.
  static Set<String> known(Connection connection, List<String> names) throws SQLException {
    Set<String> known = new LinkedHashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(KNOWN)) {
      statement.setString(1, Json.mapper().writeValueAsString(names));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          known.add(row.getString(1));
        }
      }
    }
    return known;
  }

  static void add(Connection connection, List<String> names) throws SQLException {
    if (names.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(ADD)) {
      statement.setString(1, Json.mapper().writeValueAsString(names));
      statement.executeUpdate();
    }
  }
}
