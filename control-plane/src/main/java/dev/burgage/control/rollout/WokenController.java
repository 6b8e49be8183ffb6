package dev.burgage.control.rollout;

import dev.burgage.control.rollout.TargetOutcomes.TargetOutcome;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ApplyOutcomes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Where nodes tell of dormant targets that were used, and so migrated.
@RestController
@Tag(name = "For nodes")
class WokenController {
  private final RolloutRows rows;
  private final Targets targets;
  private final TargetOutcomes outcomes;
  private final RolloutQueue queue;
  private final TransactionTemplate transaction;
  private final RolloutRunning running;

  WokenController(
      RolloutRows rows,
      Targets targets,
      TargetOutcomes outcomes,
      RolloutQueue queue,
      TransactionTemplate transaction,
      RolloutRunning running) {
    this.rows = rows;
    this.targets = targets;
    this.outcomes = outcomes;
    this.queue = queue;
    this.transaction = transaction;
    this.running = running;
  }

  @PostMapping("/v1/nodes/{node}/migrated/{rollout}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      summary = "Say what became of dormant targets that were used",
      description = "May be repeated. 404 if there is no such rollout any more.")
  void woken(
      @Schema(type = "string") @PathVariable NodeName node,
      @PathVariable UUID rollout,
      @RequestBody ApplyOutcomes woken) {
    RolloutRow row =
        rows.find(rollout)
            .orElseThrow(() ->
                new BurgageException(
                    ErrorCode.NOT_FOUND, "there is no rollout %s; forget it".formatted(rollout)));
    List<TargetOutcome> known = targets.ofDatabases(row.pool(), node, woken.outcomes());
    outcomes.record(rollout, row.pool(), TargetState.DORMANT, known, running.now());
    running.count(known);
    // It may have been the last one, or the one too many for a gate.
    transaction.executeWithoutResult(status ->
        rows.lock(rollout)
            .filter(found -> found.state().isActive())
            .ifPresent(found -> queue.wake(rollout, running.now())));
  }
}
