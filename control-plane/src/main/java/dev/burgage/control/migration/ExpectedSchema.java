package dev.burgage.control.migration;

import dev.burgage.migrations.schema.Schema;
import dev.burgage.protocol.migration.SchemaObject;
import java.util.List;

/// The schema that every database at a version should have: what the pool's set made of an empty
/// one when it was tried.
///
/// @param objects ordered by type, then name
public record ExpectedSchema(String version, String fingerprint, List<SchemaObject> objects) {
  public ExpectedSchema {
    objects = List.copyOf(objects);
  }

  /// To be compared with another one.
  public Schema schema() {
    return new Schema(objects);
  }
}
