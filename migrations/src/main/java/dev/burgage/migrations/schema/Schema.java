package dev.burgage.migrations.schema;

import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.migration.SchemaObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The objects of one database that belong to its tenant: without SQLite's own tables, histories of
/// migrations, tables that a virtual table keeps its content in, and indexes that a constraint
/// makes. Immutable.
///
/// @param objects ordered by type, then name
public record Schema(List<SchemaObject> objects) {
  /// Part of every fingerprint: another canonical form makes other fingerprints.
  public static final String FORMAT = "burgage-schema-1";

  /// The objects as they stand in `sqlite_schema`, those of histories and SQLite's own left out.
  static final String OBJECTS =
      """
      main.sqlite_schema
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND tbl_name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_burgage\\_%' ESCAPE '\\'
        AND NOT (type = 'table' AND name = 'd1_migrations' COLLATE NOCASE)
      """;

  private static final String READ = "SELECT type, name, tbl_name, sql FROM " + OBJECTS;

  private static final Comparator<SchemaObject> ORDER =
      Comparator.comparing(SchemaObject::type).thenComparing(SchemaObject::name);

  public Schema {
    objects = objects.stream().sorted(ORDER).toList();
  }

  /// Reads it in the connection's present transaction. The connection may look into `sqlite_schema`
  /// and ask `pragma_table_xinfo`.
  public static Schema read(Connection connection) throws SQLException {
    List<SchemaObject> raw = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(READ);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        raw.add(
            new SchemaObject(
                row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
      }
    }
    Set<String> shadows = ShadowTables.of(raw);
    raw.removeIf(object -> shadows.contains(CanonicalSql.name(object.table())));
    CanonicalSql form = new CanonicalSql(names(connection, raw));
    return new Schema(raw.stream().map(object -> canonical(object, form)).toList());
  }

  private static SchemaObject canonical(SchemaObject raw, CanonicalSql form) {
    return new SchemaObject(
        raw.type(),
        CanonicalSql.name(raw.name()),
        CanonicalSql.name(raw.table()),
        form.of(raw.sql()));
  }

  /// What a double-quoted word can name. Looked up only where there is such a word.
  private static Set<String> names(Connection connection, List<SchemaObject> raw)
      throws SQLException {
    Set<String> names = new HashSet<>();
    if (raw.stream().noneMatch(object -> object.sql().indexOf('"') >= 0)) {
      return names;
    }
    try (PreparedStatement columns =
        connection.prepareStatement("SELECT name FROM pragma_table_xinfo(?)")) {
      for (SchemaObject object : raw) {
        names.add(CanonicalSql.name(object.name()));
        if (object.type().equals("table")) {
          columns.setString(1, object.name());
          try (ResultSet row = columns.executeQuery()) {
            while (row.next()) {
              names.add(CanonicalSql.name(row.getString(1)));
            }
          }
        }
      }
    }
    return names;
  }

  /// SHA-256 of the objects: 64 lower-case hexadecimal digits. Two databases with the same one have
  /// the same schema.
  public String fingerprint() {
    MessageDigest digest = Sha256.digest();
    digest.update(FORMAT.getBytes(StandardCharsets.UTF_8));
    for (SchemaObject object : objects) {
      for (String part : List.of(object.type(), object.name(), object.table(), object.sql())) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// In what another schema differs from this one, which is how it should be. In the order of type
  /// and name; empty if it does not.
  public List<SchemaDifference> differences(Schema actual) {
    TreeMap<SchemaObject, SchemaDifference> found = new TreeMap<>(ORDER);
    objects.forEach(object -> found.put(object, new SchemaDifference.Missing(object)));
    for (SchemaObject object : actual.objects) {
      SchemaDifference expected = found.remove(object);
      if (!(expected instanceof SchemaDifference.Missing(SchemaObject wanted))) {
        found.put(object, new SchemaDifference.Unexpected(object));
      } else if (!wanted.equals(object)) {
        found.put(object, new SchemaDifference.Different(wanted, object));
      }
    }
    return List.copyOf(found.values());
  }
}
