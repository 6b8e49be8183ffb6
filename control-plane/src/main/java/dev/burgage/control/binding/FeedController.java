package dev.burgage.control.binding;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.Join;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// What nodes ask of the control plane. They come with their own token; see the access package.
@RestController
@RequestMapping("/v1/nodes/{node}")
@Tag(name = "For nodes")
class FeedController {
  private static final int BUFFER = 64 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(FeedController.class);

  private final FeedStream.Sources sources;
  private final FeedStreams streams;
  private final Counter acknowledged;

  FeedController(FeedStream.Sources sources, FeedStreams streams, MeterRegistry metrics) {
    this.sources = sources;
    this.streams = streams;
    this.acknowledged =
        Counter.builder("burgage.feed.acknowledgements")
            .description("Acknowledgements by nodes")
            .register(metrics);
  }

  @PostMapping("/feed")
  @Operation(
      summary = "Open the binding stream",
      description = "An endless stream of JSON lines (`application/x-ndjson`).")
  void feed(
      @Schema(type = "string") @PathVariable NodeName node,
      @RequestBody Join join,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    var out =
        new BufferedOutputStream(response.getOutputStream(), BUFFER) {
          // The response's own flush, so that a group leaves at once.
          @Override
          public synchronized void flush() throws IOException {
            super.flush();
            response.flushBuffer();
          }
        };
    var stream = new FeedStream(node, join, out, sources);
    sources.registry().join(node, join, stream.id());
    sources.acknowledgements().reset(node);
    streams.opened(stream);
    LOG.info("Node {} at {} opened its stream after {}", node, join.url(), join.after());
    response.setContentType("application/x-ndjson");
    try {
      stream.run();
    } catch (IOException e) {
      LOG.info("Node {} went away: {}", node, e.getMessage());
    } finally {
      streams.closed(stream);
      leave(stream);
    }
  }

  @PostMapping("/acknowledgement")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Say by which revision the node serves")
  void acknowledge(
      @Schema(type = "string") @PathVariable NodeName node,
      @RequestBody Acknowledgement acknowledgement) {
    sources.acknowledgements().record(node, acknowledgement);
    acknowledged.increment();
  }

  @GetMapping("/bindings/{pool}/{tenant}")
  @Operation(summary = "Look a binding up that the stream has not brought yet")
  Binding binding(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return sources
        .rows()
        .find(pool, tenant)
        .orElseThrow(() ->
            new BurgageException(
                ErrorCode.UNKNOWN_TENANT,
                "pool \"%s\" has no tenant \"%s\"".formatted(pool, tenant)));
  }

  private void leave(FeedStream stream) {
    try {
      sources.registry().leave(stream.node(), stream.id());
    } catch (DataAccessException | TransactionException e) {
      LOG.debug(
          "The end of the stream of {} is not recorded; it shows in seconds", stream.node(), e);
    }
  }
}
