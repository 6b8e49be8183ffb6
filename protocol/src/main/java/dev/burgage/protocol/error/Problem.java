package dev.burgage.protocol.error;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// A problem document (RFC 9457) with Burgage's stable code and the two members that D1's clients
/// read. Its media type is [#MEDIA_TYPE].
///
/// @param detail what was wrong with this request and what to do, safe to show to its caller
/// @param code stable; see docs/errors.md
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    URI type, String title, int status, String detail, ErrorCode code, @Nullable URI instance) {
  public static final String MEDIA_TYPE = "application/problem+json";

  /// For D1's clients, which look at this member and at [#error()] on a failed query.
  @JsonProperty
  public boolean success() {
    return false;
  }

  /// The detail, where D1's clients look for it.
  @JsonProperty
  public String error() {
    return detail;
  }

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
