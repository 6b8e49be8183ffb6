package dev.burgage.migrations.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The fingerprints of many databases, most of which have the same few schemas: what stands in
/// `sqlite_schema`, word for word, is brought into canonical form once. Thread-safe.
public final class Fingerprints {
  private static final int KNOWN_MAX = 64;

  private static final String TEXT =
      "SELECT json_group_array(json_array(type, name, tbl_name, sql)) FROM " + Schema.OBJECTS;

  private final ConcurrentMap<String, String> known = new ConcurrentHashMap<>();

  /// The fingerprint of [Schema#read]; the connection may do the same as there.
  public String of(Connection connection) throws SQLException {
    String text = text(connection);
    String fingerprint = known.get(text);
    if (fingerprint == null) {
      fingerprint = Schema.read(connection).fingerprint();
      if (known.size() < KNOWN_MAX) {
        known.put(text, fingerprint);
      }
    }
    return fingerprint;
  }

  private static String text(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TEXT);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }
}
