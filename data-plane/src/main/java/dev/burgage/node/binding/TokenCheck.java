package dev.burgage.node.binding;

import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.binding.TokenGrant;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which tokens the node accepts. Digests are compared in constant time, and all of them, so that
/// the time tells nothing. Tokens of pool and tenant scope get their answer here. Immutable.
public final class TokenCheck {
  private final List<byte[]> digests;

  public TokenCheck(List<TokenGrant> grants) {
    this.digests =
        grants.stream()
            .filter(grant -> grant.scope() == TokenGrant.Scope.FLEET)
            .map(grant -> HexFormat.of().parseHex(grant.sha256()))
            .toList();
  }

  /// @param token the bearer token of a request, or null if it has none
  public boolean accepts(@Nullable String token) {
    if (token == null) {
      return false;
    }
    byte[] digest = Sha256.of(token);
    boolean accepted = false;
    for (byte[] known : digests) {
      accepted |= MessageDigest.isEqual(known, digest);
    }
    return accepted;
  }
}
