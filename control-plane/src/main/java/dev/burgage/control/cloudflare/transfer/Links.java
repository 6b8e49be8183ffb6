package dev.burgage.control.cloudflare.transfer;

import dev.burgage.control.cloudflare.CloudflareCode;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.tenant.Tenant;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/// Links that stand for a token: good for one file of one database, one way, for an hour. Whoever
/// has one needs nothing else, as with the links that Cloudflare gives out.
@Component
class Links {
  private static final Duration VALID = Duration.ofHours(1);

  private final SigningKey key;
  private final Clock clock;
  private final String publicUrl;

  /// @param publicUrl where callers reach the control plane; empty for what each request's Host
  ///   says
  Links(SigningKey key, Clock clock, @Value("${burgage.public-url}") String publicUrl) {
    this.key = key;
    this.clock = clock;
    this.publicUrl =
        publicUrl.endsWith("/") ? publicUrl.substring(0, publicUrl.length() - 1) : publicUrl;
  }

  /// Which way the bytes go.
  enum Way {
    UPLOAD("uploads"),
    DOWNLOAD("downloads");

    private final String path;

    Way(String path) {
      this.path = path;
    }
  }

  String make(Way way, Tenant tenant, String file, HttpServletRequest request) {
    long expires = clock.instant().plus(VALID).getEpochSecond();
    String path =
        "/client/v4/%s/%s/%s/%s"
            .formatted(way.path, tenant.key().pool(), tenant.place().database(), file);
    String base = publicUrl.isEmpty() ? origin(request) : publicUrl;
    return "%s%s?expires=%d&signature=%s".formatted(base, path, expires, sign(path, expires));
  }

  private static String origin(HttpServletRequest request) {
    String host = request.getHeader("Host");
    return request.getScheme()
        + "://"
        + (host == null ? request.getServerName() + ":" + request.getServerPort() : host);
  }

  /// @throws CloudflareException unless the request's link was made here and still holds
  void check(HttpServletRequest request, long expires, String signature) {
    byte[] wanted = sign(request.getServletPath(), expires).getBytes(StandardCharsets.UTF_8);
    boolean signed = MessageDigest.isEqual(wanted, signature.getBytes(StandardCharsets.UTF_8));
    if (!signed || clock.instant().getEpochSecond() > expires) {
      throw new CloudflareException(
          CloudflareCode.NOT_AUTHENTICATED,
          "The link is not valid, or no longer: links hold for an hour; ask for another");
    }
  }

  private String sign(String path, long expires) {
    return key.sign(path + "?" + expires);
  }
}
