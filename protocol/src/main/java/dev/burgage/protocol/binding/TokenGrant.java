package dev.burgage.protocol.binding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A token that nodes accept, without the token: its SHA-256 and what it may do.
///
/// @param sha256 lower-case hexadecimal digest of the token's UTF-8 bytes
/// @param expiresAt from when on it is refused, or null if it never is
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenGrant(
    String sha256, TokenScope scope, TokenRight right, @Nullable Instant expiresAt) {
  /// How many there are at most in a cell: all of them travel to every node at each change.
  public static final int MAX = 10_000;

  // Control planes of before knew one right only, and do not say it.
  @SuppressWarnings("NullAway")
  public TokenGrant {
    right = right == null ? TokenRight.ADMIN : right;
  }

  public boolean isValidAt(Instant time) {
    return expiresAt == null || time.isBefore(expiresAt);
  }

  /// Whether nodes of before, which know neither scopes, rights nor expiry, treat it right: they
  /// let its holder run any SQL on any tenant, for ever.
  @JsonIgnore
  public boolean isUnlimited() {
    return scope.isFleet() && right != TokenRight.READ && expiresAt == null;
  }
}
