package dev.burgage.node.http;

import dev.burgage.node.binding.BindingTable;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// Who may do what here: clients with a token of the cell, the control plane with the order token.
final class Tokens {
  private static final String BEARER = "Bearer ";

  private final BindingTable table;
  private final byte[] orderToken;
  private final Clock clock;

  Tokens(BindingTable table, String orderToken, Clock clock) {
    this.table = table;
    this.orderToken = orderToken.getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
  }

  /// What the request's token allows.
  ///
  /// @throws BurgageException `unauthorized` unless the request has a token of the cell;
  ///   `not_ready` if the node does not know yet which those are
  TokenGrant client(ServerRequest request) {
    String token = bearer(request);
    TokenGrant grant = token == null ? null : table.tokens().find(token);
    if (grant != null && grant.isValidAt(clock.instant())) {
      return grant;
    }
    if (token != null && !table.isFilled()) {
      throw new BurgageException(
          ErrorCode.NOT_READY, "This node has not heard of the cell's tokens yet; try again.");
    }
    throw unauthorized();
  }

  /// For what is nobody's in particular: metrics.
  ///
  /// @throws BurgageException `unauthorized`, or `forbidden` unless the token reaches the fleet
  void checkFleet(ServerRequest request) {
    if (!client(request).scope().isFleet()) {
      throw forbidden();
    }
  }

  /// What a caller is told whose token does not reach what he asks for, whether it is there or not.
  static BurgageException forbidden() {
    return new BurgageException(ErrorCode.FORBIDDEN, "This token does not reach this path.");
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
