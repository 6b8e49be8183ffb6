package dev.burgage.control.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.TokenRight;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A token as administrators see it.
///
/// @param token the secret, when it has just been made
@Schema(name = "Token", description = "A bearer credential with a scope and a right.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenView(
    UUID id,
    @Schema(allowableValues = {"fleet", "pool", "tenant"}) String scope,
    @Schema(type = "string", example = "shop") @Nullable PoolName pool,
    @Schema(type = "string", example = "acme") @Nullable TenantId tenant,
    @Schema(
            type = "string",
            allowableValues = {"read", "write", "admin"})
        TokenRight right,
    String description,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Schema(description = "The secret; only in the answer to its making.") @Nullable String token) {
  static TokenView of(Token token, @Nullable String secret) {
    return new TokenView(
        token.id(),
        token.scope().kind().name().toLowerCase(Locale.ROOT),
        token.scope().pool(),
        token.scope().tenant(),
        token.right(),
        token.description(),
        token.createdAt(),
        token.expiresAt(),
        secret);
  }
}
