package dev.burgage.node.http;

import dev.burgage.node.binding.BindingTable;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// Who may do what here: clients with a token of the cell, the control plane with the order token.
final class Tokens {
  private static final String BEARER = "Bearer ";

  private final BindingTable table;
  private final byte[] orderToken;

  Tokens(BindingTable table, String orderToken) {
    this.table = table;
    this.orderToken = orderToken.getBytes(StandardCharsets.UTF_8);
  }

  /// @throws BurgageException `unauthorized` unless the request has a token of the cell
  void checkClient(ServerRequest request) {
    if (!table.tokens().accepts(bearer(request))) {
      throw unauthorized();
    }
  }

  /// @throws BurgageException `unauthorized` unless the request has the order token
  void checkOrder(ServerRequest request) {
    String token = bearer(request);
    if (token == null
        || !MessageDigest.isEqual(orderToken, token.getBytes(StandardCharsets.UTF_8))) {
      throw unauthorized();
    }
  }

  private static BurgageException unauthorized() {
    return new BurgageException(
        ErrorCode.UNAUTHORIZED, "Send a valid token in the header Authorization: Bearer <token>.");
  }

  private static @Nullable String bearer(ServerRequest request) {
    String value = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
    return value.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? value.substring(BEARER.length()).strip()
        : null;
  }
}
