package dev.burgage.control.provisioning;

import dev.burgage.control.access.TokenDigest;
import dev.burgage.control.tenant.LimitsRequest;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A request for a tenant that begins as another one was.
@Schema(name = "Fork", description = "A tenant to make of another one's past.")
record ForkRequest(
    @Schema(type = "string", example = "acme-copy", requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable TenantId id,
    @Schema(
            example = "2026-11-22T13:00:00Z",
            description =
                "A bookmark, an RFC 3339 time, or seconds since 1970; now if it is left out.")
        @Nullable String at,
    @Schema(example = "{\"plan\": \"gold\"}") @Nullable Map<String, String> labels,
    @Schema(description = "Those of the other tenant, where they are left out.")
        @Nullable LimitsRequest limits) {
  @Nullable Moment moment() {
    try {
      return at == null || at.isBlank() ? null : Moment.parse(at);
    } catch (IllegalArgumentException e) {
      throw new BurgageException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  NewTenantRequest tenant() {
    return new NewTenantRequest(id, labels, limits);
  }

  Limits limitsOver(Limits others) {
    return limits == null ? others : limits.over(others);
  }

  /// By this the same request is known when it comes again, whatever became of the tenant
  /// meanwhile.
  String digest(TenantId source) {
    var content = new TreeMap<String, Object>();
    content.put("fork", source.value());
    content.put("at", at == null ? "" : at);
    content.put("labels", new TreeMap<>(tenant().checkedLabels()));
    content.put("limits", limits == null ? "" : limits);
    return TokenDigest.of(Json.mapper().writeValueAsString(content)).hex();
  }
}
