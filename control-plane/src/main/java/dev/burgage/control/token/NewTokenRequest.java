package dev.burgage.control.token;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Body of a request for a token. The scope is said beside the names: who forgets a name must not
/// get a token that reaches more than he meant.
@Schema(description = "A token to make.")
record NewTokenRequest(
    @Schema(
            allowableValues = {"fleet", "pool", "tenant"},
            requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable String scope,
    @Schema(type = "string", example = "shop") @Nullable PoolName pool,
    @Schema(type = "string", example = "acme") @Nullable TenantId tenant,
    @Schema(
            type = "string",
            allowableValues = {"read", "write", "admin"},
            requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable TokenRight right,
    @Schema(description = "For people; at most 200 characters.") @Nullable String description,
    @Schema(description = "From when on it is refused; none: never.") @Nullable Instant expiresAt) {
  private static final int DESCRIPTION_LENGTH_MAX = 200;

  Token checked(Clock clock) {
    TokenScope checkedScope = checkedScope();
    if (right == null) {
      throw invalid("right must be read, write or admin; it is missing");
    }
    String text = description == null ? "" : description.strip();
    if (text.length() > DESCRIPTION_LENGTH_MAX) {
      throw invalid(
          "description must have at most %d characters; got %d"
              .formatted(DESCRIPTION_LENGTH_MAX, text.length()));
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw invalid("expiresAt must be in the future; got %s".formatted(expiresAt));
    }
    Instant end = expiresAt == null ? null : expiresAt.truncatedTo(ChronoUnit.MICROS);
    return new Token(UUID.randomUUID(), checkedScope, right, text, now, end);
  }

  private TokenScope checkedScope() {
    boolean fits =
        switch (String.valueOf(scope)) {
          case "fleet" -> pool == null && tenant == null;
          case "pool" -> pool != null && tenant == null;
          case "tenant" -> pool != null && tenant != null;
          default -> false;
        };
    if (!fits) {
      throw invalid(
          "scope must be \"fleet\", \"pool\" with its pool, or \"tenant\" with its pool and tenant;"
              + " got scope %s, pool %s, tenant %s".formatted(scope, pool, tenant));
    }
    return new TokenScope(pool, tenant);
  }

  private static BurgageException invalid(String detail) {
    return new BurgageException(ErrorCode.INVALID_REQUEST, detail);
  }
}
