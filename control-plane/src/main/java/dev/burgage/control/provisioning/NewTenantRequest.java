package dev.burgage.control.provisioning;

import dev.burgage.control.access.TokenDigest;
import dev.burgage.control.tenant.Labels;
import dev.burgage.control.tenant.LimitsRequest;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A request for a tenant.
@Schema(name = "NewTenant", description = "A tenant to make.")
record NewTenantRequest(
    @Schema(type = "string", example = "acme", requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable TenantId id,
    @Schema(example = "{\"plan\": \"gold\"}") @Nullable Map<String, String> labels,
    @Nullable LimitsRequest limits) {
  TenantId checkedId() {
    if (id == null) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST, "\"id\" is missing; send {\"id\": \"acme\"}");
    }
    return id;
  }

  Map<String, String> checkedLabels() {
    return labels == null ? Map.of() : Labels.check(labels);
  }

  Limits checkedLimits() {
    return limits == null ? Limits.DEFAULT : limits.over(Limits.DEFAULT);
  }

  /// By this the same request is known when it comes again, whatever became of the tenant
  /// meanwhile.
  String digest() {
    var content = new TreeMap<String, Object>();
    content.put("labels", new TreeMap<>(checkedLabels()));
    content.put("limits", checkedLimits());
    return TokenDigest.of(Json.mapper().writeValueAsString(content)).hex();
  }
}
