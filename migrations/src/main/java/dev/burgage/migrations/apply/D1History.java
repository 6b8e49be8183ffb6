package dev.burgage.migrations.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
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

  private static final String MISSING =
      """
      SELECT wanted.value FROM json_each(?) AS wanted
      WHERE NOT EXISTS (SELECT 1 FROM main.d1_migrations WHERE name = wanted.value)\
      """;

  private static final String ADD = "INSERT INTO main.d1_migrations (name) VALUES (?)";

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

  /// Those of the names that it has not.
  ///
  /// @param names a JSON array
  static Set<String> missing(Connection connection, String names) throws SQLException {
    Set<String> missing = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(MISSING)) {
      statement.setString(1, names);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          missing.add(row.getString(1));
        }
      }
    }
    return missing;
  }

  /// Adds names, in their order.
  static void add(Connection connection, List<String> names) throws SQLException {
    if (names.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(ADD)) {
      for (String name : names) {
        statement.setString(1, name);
        statement.executeUpdate();
      }
    }
  }
}
