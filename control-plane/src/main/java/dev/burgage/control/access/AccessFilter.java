package dev.burgage.control.access;

import dev.burgage.control.web.Refusals;
import dev.burgage.protocol.error.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/// The door: every request but those for health needs a bearer token that allows its path.
///
/// A filter of our own and not Spring Security: there are no sessions, no cookies, no log-in and so
/// no CSRF here, only a digest and a path, and what a reader must understand to trust the door is
/// this package. The path is the container's normalised one, never the raw URI, in which
/// `/actuator/health/../../v1` would look open.
final class AccessFilter extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(AccessFilter.class);

  private final Rights rights;
  private final Refusals refusals;

  AccessFilter(Rights rights, Refusals refusals) {
    this.rights = rights;
    this.refusals = refusals;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getServletPath();
    if (Rights.isOpen(path)) {
      chain.doFilter(request, response);
      return;
    }
    Optional<Caller> caller;
    boolean allowed;
    try {
      caller = PresentedToken.of(request).flatMap(rights::callerOf);
      allowed = caller.filter(it -> rights.allows(it, request.getMethod(), path)).isPresent();
    } catch (RuntimeException e) {
      LOG.warn("Tokens cannot be read: {}", e.getMessage());
      refusals.write(
          request,
          response,
          ErrorCode.NOT_READY,
          "the metadata database does not answer; repeat the request");
      return;
    }
    if (caller.isEmpty()) {
      refusals.write(
          request,
          response,
          ErrorCode.UNAUTHORIZED,
          "send the header \"Authorization: Bearer <token>\" with a valid token");
    } else if (!allowed) {
      refusals.write(request, response, ErrorCode.FORBIDDEN, "this token does not reach this path");
    } else {
      request.setAttribute(Caller.ATTRIBUTE, caller.get().toString());
      request.setAttribute(Caller.SCOPE, caller.get().scope());
      chain.doFilter(request, response);
    }
  }
}
