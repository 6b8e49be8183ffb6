package dev.burgage.control.node;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/nodes")
@Tag(name = "Nodes")
class NodeController {
  private final NodeRegistry registry;
  private final Placement placement;

  NodeController(NodeRegistry registry, Placement placement) {
    this.registry = registry;
    this.placement = placement;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      summary = "Register a node",
      description = "The answer is the only place where its token is ever shown.")
  Registered register(@RequestBody NewNode request) {
    NodeName name = request.checkedName();
    return new Registered(name, registry.register(name));
  }

  @PostMapping("/{node}/token")
  @Operation(
      summary = "Give a node another token",
      description =
          "For a token that was lost or seen by others. The old one opens no stream any more; the"
              + " answer is the only place where the new one is ever shown.")
  Registered replaceToken(@Schema(type = "string") @PathVariable NodeName node) {
    return new Registered(node, registry.replaceToken(node));
  }

  @DeleteMapping("/{node}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      summary = "Remove a node",
      description = "One that has stopped and has no databases; else 409.")
  void remove(@Schema(type = "string") @PathVariable NodeName node) {
    registry.remove(node);
  }

  @GetMapping
  @Operation(summary = "List all nodes")
  List<Listed> list() {
    Map<String, Long> counts = placement.counts();
    Map<String, Long> lags = registry.lagMillis();
    return registry.list().stream()
        .map(node ->
            Listed.of(
                node, counts.getOrDefault(node.name().value(), 0L), lags.get(node.name().value())))
        .toList();
  }

  @Schema(description = "A node to register.")
  record NewNode(
      @Schema(type = "string", example = "node-2", requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable NodeName name) {
    NodeName checkedName() {
      if (name == null) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST, "\"name\" is missing; send {\"name\": \"node-2\"}");
      }
      return name;
    }
  }

  @Schema(description = "A registered node and its token.")
  record Registered(
      @Schema(type = "string", example = "node-2") NodeName name,
      @Schema(example = "bgn.node-2.4GmN…") String token) {}

  @Schema(name = "Node", description = "A node of the cell.")
  record Listed(
      @Schema(type = "string", example = "node-1") NodeName name,
      @Nullable URI url,
      @Schema(
              type = "string",
              allowableValues = {"live", "gone", "expected"})
          NodeState state,
      @Schema(description = "Databases it has; up to 5 s old.") long databases,
      @Schema(type = "string", description = "Newest revision by which it serves.")
          @Nullable Revision acknowledged,
      @Schema(
              description =
                  "Age of the oldest change by which it is not known to serve, 0 if there is none;"
                      + " up to a second too high while there are changes. Missing if it has never"
                      + " served.")
          @Nullable Long lagMillis,
      @Nullable Instant seenAt) {
    static Listed of(Node node, long databases, @Nullable Long lagMillis) {
      return new Listed(
          node.name(),
          node.url().orElse(null),
          node.state(),
          databases,
          node.acknowledged().orElse(null),
          lagMillis,
          node.seenAt().orElse(null));
    }
  }
}
