package dev.burgage.control.purge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.PurgeReport;
import dev.burgage.protocol.node.PurgeReport.Holding;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Purges")
class PurgeController {
  private final NodeRegistry nodes;
  private final NodeClient client;
  private final Tenants tenants;

  PurgeController(NodeRegistry nodes, NodeClient client, Tenants tenants) {
    this.nodes = nodes;
    this.client = client;
    this.tenants = tenants;
  }

  @GetMapping("/v1/purges/{database}")
  @Operation(
      summary = "What is left of a tenant's database",
      description =
          "Every node looks through its folder, its log and its store, now. `isGone` is true only"
              + " if all nodes answered and none found anything.")
  Purge get(@Schema(type = "string", format = "uuid") @PathVariable String database) {
    DatabaseId id = DatabaseId.parse(database);
    List<PurgeReport> reports = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    for (Node node : nodes.list()) {
      try {
        reports.add(client.purge(node.name(), id));
      } catch (BurgageException e) {
        silent.add(node.name() + ": " + e.detail());
      }
    }
    return purge(id, reports, silent);
  }

  private Purge purge(DatabaseId id, List<PurgeReport> reports, List<String> silent) {
    List<Left> left = left(reports);
    boolean isBounded = silent.isEmpty() && left.stream().allMatch(one -> one.goneBy() != null);
    Instant goneBy =
        isBounded
            ? left.stream()
                .map(Left::goneBy)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null)
            : null;
    Instant deletedAt =
        reports.stream()
            .map(PurgeReport::deletedAt)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null);
    return new Purge(
        id.toString(),
        tenants.find(id).map(Tenant::key).map(Object::toString).orElse(null),
        deletedAt,
        left.isEmpty() && silent.isEmpty(),
        goneBy,
        left,
        silent);
  }

  // Nodes that share a store all find the same objects.
  private static List<Left> left(List<PurgeReport> reports) {
    Map<String, Left> left = new LinkedHashMap<>();
    for (PurgeReport report : reports) {
      for (Holding holding : report.holdings()) {
        Left one =
            new Left(
                report.node().value(),
                holding.kind(),
                holding.name(),
                holding.bytes(),
                holding.goneBy());
        boolean isOfNode = List.of("file", "segment").contains(holding.kind());
        left.putIfAbsent((isOfNode ? report.node() + "/" : "") + holding.name(), one);
      }
    }
    return List.copyOf(left.values());
  }

  @Schema(description = "What is left of a database.")
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Purge(
      String database,
      @Schema(description = "pool/tenant while the metadata still has it; null when it is purged.")
          @Nullable String tenant,
      @Schema(description = "When its node deleted it, as far as anything still says so.")
          @Nullable Instant deletedAt,
      @Schema(description = "All nodes answered, and nothing is left.") boolean isGone,
      @Schema(description = "When the last of it goes; null if no time can be told.")
          @Nullable Instant goneBy,
      List<Left> left,
      @Schema(description = "Nodes that did not answer, and why.") List<String> silentNodes) {}

  @Schema(name = "PurgeLeft", description = "A file or an object that still has some of it.")
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Left(
      @Schema(description = "The node that found it.") String node,
      @Schema(description = "file, segment, slice, home, base or object.") String kind,
      String name,
      long bytes,
      @Schema(description = "At the latest; null if no time can be told.")
          @Nullable Instant goneBy) {}
}
