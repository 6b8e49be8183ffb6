package dev.burgage.control.rollout;

import dev.burgage.control.pool.Pools;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Rollouts")
class EventController {
  private static final Logger LOG = LoggerFactory.getLogger(EventController.class);

  private final RolloutFeeds feeds;
  private final RolloutRows rows;
  private final RolloutEvents events;
  private final Pools pools;

  EventController(RolloutFeeds feeds, RolloutRows rows, RolloutEvents events, Pools pools) {
    this.feeds = feeds;
    this.rows = rows;
    this.events = events;
    this.pools = pools;
  }

  @GetMapping("/v1/pools/{pool}/rollouts/{id}/events")
  @Operation(
      summary = "Follow a rollout",
      description =
          "Server-sent events: what happened to the rollout, each with its number as `id`, and"
              + " `progress` with the rollout itself, at most twice a second and only when it has"
              + " changed. Ends with `end` when the rollout has ended. Whoever comes back with"
              + " `Last-Event-ID` (or `after`) misses nothing.",
      responses =
          @ApiResponse(responseCode = "200", content = @Content(mediaType = "text/event-stream")))
  void follow(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @Schema(description = "Number of the last event that was seen.")
          @RequestHeader(name = "Last-Event-ID", required = false)
          @Nullable String lastEventId,
      @Schema(description = "The same, for those who cannot send the header.")
          @RequestParam(required = false)
          @Nullable String after,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    if (rows.find(pool, id).isEmpty()) {
      pools.get(pool);
      throw RolloutVerbs.unknown(pool, id);
    }
    long seen = seen(lastEventId == null ? after : lastEventId);
    RolloutFeed feed = feeds.join(id);
    try {
      response.setContentType("text/event-stream");
      response.setCharacterEncoding("UTF-8");
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Accel-Buffering", "no");
      new EventFollower(id, events, response.getOutputStream(), seen).follow(feed);
    } catch (IOException e) {
      LOG.debug("A listener of rollout {} went away: {}", id, e.getMessage());
    } finally {
      feeds.leave(id);
    }
  }

  private static long seen(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "Last-Event-ID must be the id of an event, a whole number; got \"%s\"".formatted(text),
          e);
    }
  }
}
