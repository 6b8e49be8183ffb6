package dev.burgage.control.cloudflare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.burgage.protocol.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/// The body of every answer of Cloudflare's API.
///
/// Source: the OpenAPI document of Cloudflare's API (`api-response-common`).
public record Envelope(
    @Nullable Object result,
    boolean success,
    List<Message> errors,
    List<Message> messages,
    @JsonProperty("result_info") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable ResultInfo resultInfo) {
  private static final int OK = 200;

  /// What went wrong, or is worth saying.
  public record Message(int code, String message) {}

  /// Where a list's page stands.
  public record ResultInfo(
      int page,
      @JsonProperty("per_page") int perPage,
      int count,
      @JsonProperty("total_count") long totalCount) {}

  public static ResponseEntity<byte[]> of(@Nullable Object result) {
    return answer(OK, new Envelope(result, true, List.of(), List.of(), null));
  }

  public static ResponseEntity<byte[]> page(List<?> result, Page page, long total) {
    var info = new ResultInfo(page.number(), page.size(), result.size(), total);
    return answer(OK, new Envelope(result, true, List.of(), List.of(), info));
  }

  static ResponseEntity<byte[]> refusal(int status, List<Message> errors) {
    return answer(status, new Envelope(null, false, errors, List.of(), null));
  }

  private static ResponseEntity<byte[]> answer(int status, Envelope envelope) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(Json.bytes(envelope));
  }
}
