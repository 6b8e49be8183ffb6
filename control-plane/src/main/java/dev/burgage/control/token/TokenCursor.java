package dev.burgage.control.token;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/// Where a page of tokens ends.
record TokenCursor(Instant createdAt, UUID id) {
  static final TokenCursor START = new TokenCursor(Instant.EPOCH, new UUID(0, 0));

  static TokenCursor of(Token last) {
    return new TokenCursor(last.createdAt(), last.id());
  }

  /// @throws BurgageException `invalid_request` if [#toString()] did not make it
  static TokenCursor parse(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int space = plain.indexOf(' ');
      return new TokenCursor(
          Instant.parse(plain.substring(0, Math.max(0, space))),
          UUID.fromString(plain.substring(space + 1)));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST, "cursor must be the \"next\" of the page before", e);
    }
  }

  @Override
  public String toString() {
    byte[] plain = (createdAt + " " + id).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
  }
}
