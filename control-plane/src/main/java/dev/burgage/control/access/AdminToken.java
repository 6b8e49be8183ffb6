package dev.burgage.control.access;

import dev.burgage.control.folder.DataFolder;
import dev.burgage.control.folder.StartRefused;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator's token, which may do everything: the configured one, else the one in the data
/// folder's file `token`, else one that is made now, kept there and shown once.
public final class AdminToken {
  private static final String FILE = "token";
  private static final int LENGTH_LEAST = 16;
  private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);

  private final TokenDigest digest;

  private AdminToken(TokenDigest digest) {
    this.digest = digest;
  }

  static AdminToken of(Optional<String> configured, DataFolder folder) {
    String token = configured.or(() -> folder.findSecret(FILE)).orElseGet(() -> make(folder));
    if (token.length() < LENGTH_LEAST) {
      throw new StartRefused(
          "BURGAGE_TOKEN must have at least %d characters; got %d (leave it out to have one made)"
              .formatted(LENGTH_LEAST, token.length()));
    }
    return new AdminToken(TokenDigest.of(token));
  }

  private static String make(DataFolder folder) {
    String token = Tokens.make("bga.");
    folder.writeSecret(FILE, token);
    LOG.info(
        "Made an admin token; it is shown here once and kept in {}: {}",
        folder.resolve(FILE),
        token);
    return token;
  }

  /// What nodes are told about it.
  public TokenGrant grant() {
    return new TokenGrant(digest.hex(), TokenScope.FLEET, TokenRight.ADMIN, /* expiresAt= */ null);
  }

  boolean matches(TokenDigest other) {
    return digest.matches(other);
  }
}
