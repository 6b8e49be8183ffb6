package dev.burgage.control.backup;

import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Drill;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Asks all nodes at once: results are kept where drills run.
@RestController
@RequestMapping("/v1/drills")
@Tag(name = "Backups")
class DrillController {
  private static final int LIMIT_MAX = 1_000;

  private final NodeRegistry registry;
  private final NodeClient nodes;

  DrillController(NodeRegistry registry, NodeClient nodes) {
    this.registry = registry;
    this.nodes = nodes;
  }

  @GetMapping
  @Operation(
      summary = "What became of the newest drills of all nodes, the newest first",
      description =
          "A drill restores a tenant from its newest backup and from the log in the object store"
              + " into files that are thrown away, and checks them.")
  Report list(
      @RequestParam(defaultValue = "100") int limit,
      @Schema(description = "Only those that failed.") @RequestParam(defaultValue = "false")
          boolean failed) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "limit must be between 1 and %d; got %d".formatted(LIMIT_MAX, limit));
    }
    Report all = ask(nodes::drills);
    Stream<Drill> wanted = all.drills().stream().filter(drill -> !failed || !drill.passed());
    return new Report(wanted.limit(limit).toList(), all.silent());
  }

  @PostMapping
  @Operation(
      summary = "Drill now, on each node",
      description = "Answered when all are done; `sample` tenants of each node, drawn by lot.")
  Report run(@RequestBody(required = false) @Nullable Wanted wanted) {
    Integer sample = wanted == null ? null : wanted.sample();
    return ask(node -> nodes.drill(node, new Drill.Order(sample)));
  }

  private Report ask(Function<NodeName, Drill.Drills> question) {
    List<Drill> drills = new ArrayList<>();
    List<Silent> silent = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Node> all = registry.list();
      List<Future<Drill.Drills>> answers =
          all.stream().map(node -> threads.submit(() -> question.apply(node.name()))).toList();
      for (int i = 0; i < all.size(); i++) {
        add(all.get(i).name(), answers.get(i), drills, silent);
      }
    }
    drills.sort(Comparator.comparing(Drill::at).reversed());
    return new Report(drills, silent);
  }

  private static void add(
      NodeName node, Future<Drill.Drills> answer, List<Drill> drills, List<Silent> silent) {
    try {
      drills.addAll(answer.get().drills());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BurgageException refused) {
        if (refused.code() == ErrorCode.INVALID_REQUEST) {
          throw refused;
        }
        silent.add(new Silent(node, refused.detail()));
        return;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BurgageException(ErrorCode.NOT_READY, "the control plane is stopping", e);
    }
  }

  @Schema(name = "DrillOrder", description = "How many tenants of each node.")
  record Wanted(@Nullable Integer sample) {}

  @Schema(name = "DrillReport", description = "Drills, and the nodes that told of none.")
  record Report(List<Drill> drills, List<Silent> silent) {}

  @Schema(name = "SilentNode", description = "A node that did not answer, and why.")
  record Silent(@Schema(type = "string") NodeName node, String reason) {}
}
