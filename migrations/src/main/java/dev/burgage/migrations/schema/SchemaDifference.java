package dev.burgage.migrations.schema;

import dev.burgage.protocol.migration.SchemaObject;

/// One object in which a schema is not as it should be.
public sealed interface SchemaDifference {
  /// It should be there and is not.
  record Missing(SchemaObject expected) implements SchemaDifference {}

  /// It is there and should not be.
  record Unexpected(SchemaObject actual) implements SchemaDifference {}

  /// Both have an object of the type and name, with other texts or on other tables.
  record Different(SchemaObject expected, SchemaObject actual) implements SchemaDifference {}
}
