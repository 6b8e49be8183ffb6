package dev.burgage.control.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/// The token that a request brings: as a bearer token, or, on Cloudflare's paths, as its global API
/// key (`X-Auth-Key`, with any `X-Auth-Email`), which is what its tools send when they have no
/// token.
public final class PresentedToken {
  private static final String SCHEME = "Bearer ";

  private PresentedToken() {}

  public static Optional<String> of(HttpServletRequest request) {
    Optional<String> bearer = bearer(request);
    if (bearer.isPresent() || !request.getServletPath().startsWith("/client/v4/")) {
      return bearer;
    }
    return Optional.ofNullable(request.getHeader("X-Auth-Key")).filter(key -> !key.isBlank());
  }

  private static Optional<String> bearer(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    return Optional.of(header.substring(SCHEME.length()).strip()).filter(token -> !token.isEmpty());
  }
}
