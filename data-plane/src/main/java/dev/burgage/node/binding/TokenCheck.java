package dev.burgage.node.binding;

import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.binding.TokenGrant;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which tokens the node knows, by their digests. The first bytes of a digest find the few that may
/// be meant, which are then compared in constant time: what the time could tell is of digests, and
/// nobody can choose a token whose digest begins as he likes. Immutable.
public final class TokenCheck {
  private final Map<Long, List<Known>> known = new HashMap<>();

  private record Known(byte[] digest, TokenGrant grant) {}

  public TokenCheck(List<TokenGrant> grants) {
    for (TokenGrant grant : grants) {
      byte[] digest = HexFormat.of().parseHex(grant.sha256());
      known.computeIfAbsent(head(digest), _ -> new ArrayList<>(1)).add(new Known(digest, grant));
    }
  }

  /// What a token allows, or null if it is none of the cell's. It may have expired.
  public @Nullable TokenGrant find(String token) {
    byte[] digest = Sha256.of(token);
    for (Known candidate : known.getOrDefault(head(digest), List.of())) {
      if (MessageDigest.isEqual(candidate.digest(), digest)) {
        return candidate.grant();
      }
    }
    return null;
  }

  private static long head(byte[] digest) {
    return ByteBuffer.wrap(digest).getLong();
  }
}
