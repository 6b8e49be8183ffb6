package dev.burgage.control.token;

import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A token without its secret.
///
/// @param expiresAt null if it never does
record Token(
    UUID id,
    TokenScope scope,
    TokenRight right,
    String description,
    Instant createdAt,
    @Nullable Instant expiresAt) {}
