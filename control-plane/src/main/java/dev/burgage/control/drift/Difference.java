package dev.burgage.control.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.migrations.schema.SchemaDifference;
import dev.burgage.protocol.migration.SchemaObject;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// One object in which a schema is not as it should be, as it is kept and shown.
@Schema(name = "SchemaDifference", description = "An object in which a schema differs.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record Difference(
    @Schema(allowableValues = {"missing", "unexpected", "different"}) String kind,
    @Nullable SchemaObject expected,
    @Nullable SchemaObject actual) {
  static Difference of(SchemaDifference difference) {
    return switch (difference) {
      case SchemaDifference.Missing(SchemaObject expected) ->
          new Difference("missing", expected, null);
      case SchemaDifference.Unexpected(SchemaObject actual) ->
          new Difference("unexpected", null, actual);
      case SchemaDifference.Different(SchemaObject expected, SchemaObject actual) ->
          new Difference("different", expected, actual);
    };
  }
}
