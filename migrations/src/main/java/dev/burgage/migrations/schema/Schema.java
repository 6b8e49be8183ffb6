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
import java.util.HexFormat;
import java.util.List;

/// The objects of one database that belong to its tenant: without SQLite's own tables, histories of
/// migrations and indexes that a constraint makes. Immutable.
///
/// @param objects ordered by type, then name
public record Schema(List<SchemaObject> objects) {
  /// Part of every fingerprint: another canonical form makes other fingerprints.
  private static final String FORMAT = "burgage-schema-1";

  private static final String READ =
      """
      SELECT type, name, tbl_name, sql FROM main.sqlite_schema
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND tbl_name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND tbl_name <> 'd1_migrations'
      """;

  private static final Comparator<SchemaObject> ORDER =
      Comparator.comparing(SchemaObject::type).thenComparing(SchemaObject::name);

  public Schema {
    objects = objects.stream().sorted(ORDER).toList();
  }

  /// Reads it in the connection's present transaction.
  public static Schema read(Connection connection) throws SQLException {
    List<SchemaObject> objects = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(READ);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        objects.add(
            new SchemaObject(
                row.getString(1),
                CanonicalSql.name(row.getString(2)),
                CanonicalSql.name(row.getString(3)),
                CanonicalSql.of(row.getString(4))));
      }
    }
    return new Schema(objects);
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
}
