package dev.burgage.client;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// What a bad answer says: a code, and a text for people. D1's text comes before the problem
/// document's own.
record Failure(ErrorCode code, String text) {
  private static final int SHOWN_MAX = 500;

  /// The members that matter of a problem document with D1's two additions.
  private record Body(
      @Nullable String error,
      @Nullable String detail,
      @Nullable String title,
      @Nullable ErrorCode code) {}

  static Failure of(Outcome.Answered answer) {
    Body body = read(answer.body());
    if (body == null) {
      return notJson(answer);
    }
    ErrorCode code = body.code() == null ? codeOf(answer.status()) : body.code();
    return new Failure(code, text(body, answer.status()));
  }

  /// D1's words for an answer that is not JSON, or not of the shape that was asked for.
  static Failure notJson(Outcome.Answered answer) {
    String got = new String(answer.body(), StandardCharsets.UTF_8);
    String shown = got.length() > SHOWN_MAX ? got.substring(0, SHOWN_MAX) + "…" : got;
    return new Failure(codeOf(answer.status()), "Failed to parse body as JSON, got: " + shown);
  }

  private static @Nullable Body read(byte[] json) {
    try {
      return Json.read(json, Body.class);
    } catch (JacksonException _) {
      return null;
    }
  }

  private static String text(Body body, int status) {
    if (body.error() != null) {
      return body.error();
    }
    if (body.detail() != null) {
      return body.detail();
    }
    return body.title() != null ? body.title() : "HTTP status " + status;
  }

  // Something between us and the server answered. A code that says "surely not carried out" is
  // never read into a bare status.
  private static ErrorCode codeOf(int status) {
    return switch (status) {
      case 400 -> ErrorCode.INVALID_REQUEST;
      case 401 -> ErrorCode.UNAUTHORIZED;
      case 403 -> ErrorCode.FORBIDDEN;
      case 404 -> ErrorCode.NOT_FOUND;
      case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
      case 413 -> ErrorCode.BODY_TOO_LARGE;
      case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
      default -> ErrorCode.INTERNAL;
    };
  }
}
