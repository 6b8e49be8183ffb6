package dev.burgage.control.cloudflare;

import dev.burgage.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Reads JSON bodies whatever their content type says, as Cloudflare does.
public final class Body {
  private Body() {}

  /// @throws CloudflareException 7400 if it is not JSON or does not fit
  public static <T> T read(byte @Nullable [] body, Class<T> type) {
    try {
      T read = Json.read(body == null || body.length == 0 ? new byte[] {'{', '}'} : body, type);
      if (read != null) {
        return read;
      }
    } catch (JacksonException e) {
      // said below, without the parser's words: they name our classes
    }
    throw new CloudflareException(
        CloudflareCode.INVALID_BODY, "The request body is not the JSON object that is expected");
  }
}
