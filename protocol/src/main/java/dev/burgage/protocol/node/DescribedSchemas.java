package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.migration.SchemaObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answer to [DescribeSchemas]: for each target that could be opened, in the same order.
public record DescribedSchemas(List<DescribedSchema> schemas) {
  public DescribedSchemas {
    schemas = List.copyOf(schemas);
  }

  /// A database's schema.
  ///
  /// @param version newest version in its history; null if there is none
  /// @param objects null unless asked for
  public record DescribedSchema(
      DatabaseId database,
      @Nullable String version,
      String fingerprint,
      @Nullable List<SchemaObject> objects) {}
}
