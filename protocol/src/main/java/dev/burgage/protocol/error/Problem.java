package dev.burgage.protocol.error;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// A problem document (RFC 9457) with Burgage's stable code. Its media type is [#MEDIA_TYPE].
///
/// @param detail what was wrong with this request and what to do, safe to show to its caller
/// @param code stable; see docs/errors.md
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    URI type, String title, int status, String detail, ErrorCode code, @Nullable URI instance) {
  public static final String MEDIA_TYPE = "application/problem+json";

  public static Problem of(ErrorCode code, String detail) {
    return new Problem(
        URI.create("urn:burgage:error:" + code),
        code.title(),
        code.status(),
        detail,
        code,
        /* instance= */ null);
  }
}
