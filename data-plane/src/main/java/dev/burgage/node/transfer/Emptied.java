package dev.burgage.node.transfer;

import dev.burgage.migrations.schema.Schema;
import dev.burgage.node.engine.Load;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.SchemaObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A database that takes a whole file: it may have the tables that its pool's migrations have made,
/// and no row in any. They make room for those of the file, which must be the same, so that the
/// tenant stays at its version. The history of migrations stays as it is. For one load.
final class Emptied implements Load.Around {
  private static final String BOOK = "d1_migrations";
  private static final String KEPT = "_burgage_kept_migrations";

  private @Nullable Schema schema;
  private @Nullable String book;

  @Override
  public boolean takesForeignKeysOff() {
    return true;
  }

  @Override
  public void before(Connection connection) throws SQLException {
    Schema found = Schema.read(connection);
    List<SchemaObject> tables = of(found, "table");
    for (SchemaObject table : tables) {
      requireEmpty(connection, table.name());
    }
    run(connection, "PRAGMA defer_foreign_keys = ON");
    for (SchemaObject view : of(found, "view")) {
      run(connection, "DROP VIEW " + name(view.name()));
    }
    for (SchemaObject table : tables) {
      run(connection, "DROP TABLE " + name(table.name()));
    }
    book = text(connection, "SELECT sql FROM sqlite_schema WHERE name = '%s'".formatted(BOOK));
    if (book != null) {
      run(connection, "CREATE TABLE %s AS SELECT * FROM %s".formatted(KEPT, BOOK));
      run(connection, "DROP TABLE " + BOOK);
    }
    schema = found;
  }

  private static List<SchemaObject> of(Schema schema, String type) {
    return schema.objects().stream().filter(object -> object.type().equals(type)).toList();
  }

  private static void requireEmpty(Connection connection, String table) throws SQLException {
    if (text(connection, "SELECT 1 FROM %s LIMIT 1".formatted(name(table))) != null) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "The tenant's table \"%s\" has rows; a file is imported into a new tenant, or one whose"
                  .formatted(table)
              + " tables are empty. Nothing was changed.");
    }
  }

  @Override
  public void after(Connection connection) throws SQLException {
    Schema wanted = schema;
    if (wanted == null || wanted.objects().isEmpty()) {
      putBack(connection);
      return;
    }
    if (!Schema.read(connection).fingerprint().equals(wanted.fingerprint())) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "The file's schema is not the one that the pool's migrations have given the tenant: bring"
              + " the tenant to the file's version first, or import into a pool without migrations."
              + " Nothing was changed.");
    }
    putBack(connection);
  }

  private void putBack(Connection connection) throws SQLException {
    String kept = book;
    if (kept != null) {
      run(connection, "DROP TABLE IF EXISTS " + BOOK);
      run(connection, kept);
      run(connection, "INSERT INTO %s SELECT * FROM %s".formatted(BOOK, KEPT));
      run(connection, "DROP TABLE " + KEPT);
    }
  }

  private static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private static @Nullable String text(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getString(1) : null;
    }
  }
}
