package dev.burgage.control.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// How many tenants of a pool have one schema.
@Schema(description = "How many tenants have one schema at one version.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record SchemaCount(
    @Nullable String version,
    @Schema(description = "Missing: as the template of the version made it, not looked at since.")
        @Nullable String fingerprint,
    @Schema(description = "Whether it is the version's.") boolean expected,
    long tenants) {
  static SchemaCount of(
      @Nullable String version,
      @Nullable String fingerprint,
      @Nullable String expected,
      long tenants) {
    return new SchemaCount(
        version, fingerprint, fingerprint == null || fingerprint.equals(expected), tenants);
  }
}
