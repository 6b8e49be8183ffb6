package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.rollout.NodeWork.Pace;
import dev.burgage.control.rollout.RolloutOrders.Work;
import dev.burgage.control.rollout.Targets.Lot;
import dev.burgage.migrations.rollout.NextStep;
import dev.burgage.migrations.rollout.Step;
import dev.burgage.protocol.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Works on rollouts, a slice at a time. Thread-safe, and safe to be run twice for the same
/// rollout: see DESIGN.md.
@Component
class RolloutRun {
  private static final Duration LOST_WAIT = Duration.ofSeconds(1);
  private static final int TELL_ATTEMPTS = 5;

  private final RolloutRows rows;
  private final Targets targets;
  private final RolloutSteps steps;
  private final RolloutOrders orders;
  private final NodeWork nodes;
  private final Context context;

  RolloutRun(
      RolloutRows rows,
      Targets targets,
      RolloutSteps steps,
      RolloutOrders orders,
      NodeWork nodes,
      Context context) {
    this.rows = rows;
    this.targets = targets;
    this.steps = steps;
    this.orders = orders;
    this.nodes = nodes;
    this.context = context;
  }

  /// What it needs besides.
  @Component
  record Context(
      Migrations migrations,
      RolloutEvents events,
      TransactionTemplate transaction,
      RolloutRunning running) {}

  /// Brings the rollout forward until nothing is due or the slice's time is over.
  ///
  /// @param stopping whether this control plane is being stopped
  /// @return when to go on, or empty if somebody must say something first
  Optional<Instant> slice(UUID id, BooleanSupplier stopping) throws InterruptedException {
    Instant until = now().plus(context.running().settings().slice());
    BooleanSupplier isOver = () -> stopping.getAsBoolean() || !now().isBefore(until);
    if (rows.find(id).isEmpty()) {
      return Optional.empty();
    }
    take(id);
    var marked = new AtomicBoolean();
    Optional<Instant> next = next(id);
    while (next.isPresent() && !next.get().isAfter(now()) && !isOver.getAsBoolean()) {
      step(id, marked, isOver);
      next = next(id);
    }
    return next;
  }

  /// Ends what [#slice] began. The rollout's row is held while `completion` says when the next
  /// slice is: whoever changed the rollout meanwhile is seen, and whoever comes later finds the
  /// task.
  void letGo(UUID id, Consumer<Optional<Instant>> completion) {
    context
        .transaction()
        .executeWithoutResult(status -> {
          if (rows.lock(id).isPresent()) {
            rows.letGo(id);
          }
          completion.accept(next(id));
        });
  }

  private Instant now() {
    return context.running().now();
  }

  private void take(UUID id) {
    String me = context.running().runner();
    context
        .transaction()
        .executeWithoutResult(status -> {
          Optional<RolloutRow.Runner> before = rows.take(id, me, now());
          before
              .filter(runner -> runner.busy() && !runner.name().equals(me))
              .ifPresent(runner ->
                  context
                      .events()
                      .add(
                          id,
                          RolloutEvents.BURGAGE,
                          "takenOver",
                          Map.of("from", runner.name(), "by", me),
                          now()));
        });
  }

  /// When there is something to do.
  private Optional<Instant> next(UUID id) {
    return rows.find(id).flatMap(row -> next(row, NextStep.of(row.status(), now())));
  }

  private Optional<Instant> next(RolloutRow row, Step step) {
    Instant now = now();
    return switch (step) {
      case Step.Rest(), Step.AwaitApproval _ -> Optional.empty();
      case Step.WaitUntil(Instant time) -> Optional.of(time);
      case Step.OpenWave _, Step.EndWave _, Step.Halt _, Step.EndUndo(), Step.EndAbort() ->
          Optional.of(now);
      case Step.LookForLate() -> Optional.of(later(now, row.times().notBefore()));
      case Step.Work(int wave) -> due(row, TargetState.PENDING, wave);
      case Step.Trickle() -> due(row, TargetState.DORMANT, wave(row, TargetState.DORMANT));
      case Step.Undo() -> due(row, TargetState.UNDOING, wave(row, TargetState.UNDOING));
    };
  }

  // A counter that says that there is something where there is nothing would turn for ever; then it
  // is looked at again after a moment, and counted anew by the step.
  private Optional<Instant> due(RolloutRow row, TargetState state, int wave) {
    Instant due = targets.nextDue(row.id(), state, wave).orElse(now().plus(LOST_WAIT));
    return Optional.of(state == TargetState.UNDOING ? due : later(due, row.times().pacedUntil()));
  }

  private static Instant later(Instant one, @Nullable Instant other) {
    return other == null || other.isBefore(one) ? one : other;
  }

  private static int wave(RolloutRow row, TargetState state) {
    return row.waves().stream()
        .filter(wave ->
            (state == TargetState.DORMANT ? wave.counts().dormant() : wave.counts().undoing()) > 0)
        .findFirst()
        .map(WaveRow::wave)
        .orElse(0);
  }

  private void step(UUID id, AtomicBoolean marked, BooleanSupplier isOver)
      throws InterruptedException {
    Optional<RolloutRow> row = rows.find(id);
    if (row.isEmpty()) {
      return;
    }
    Step step = NextStep.of(row.get().status(), now());
    switch (step) {
      case Step.Work(int wave) -> work(row.get(), TargetState.PENDING, wave, marked, isOver);
      case Step.Trickle() -> {
        int wave = wave(row.get(), TargetState.DORMANT);
        work(row.get(), TargetState.DORMANT, wave, marked, isOver);
      }
      case Step.Undo() -> undo(row.get(), isOver);
      case Step.EndAbort() -> endAbort(row.get(), isOver);
      case Step.Rest(),
          Step.WaitUntil _,
          Step.AwaitApproval _,
          Step.OpenWave _,
          Step.EndWave _,
          Step.Halt _,
          Step.LookForLate(),
          Step.EndUndo() ->
          steps.carryOut(id);
    }
  }

  private void work(
      RolloutRow row, TargetState state, int wave, AtomicBoolean marked, BooleanSupplier isOver)
      throws InterruptedException {
    var lot = new Lot(row.id(), row.pool(), state, wave);
    steps.dropGone(lot);
    var work = new Work(row, context.migrations().upTo(row.pool(), row.version()), marked);
    Step step = NextStep.of(row.status(), now());
    Pace pace =
        new Pace(
            batch(row, wave),
            row.options().parallelPerNode(),
            perSecond(row, state),
            () -> !isOver.getAsBoolean() && isNext(row.id(), step));
    nodes.run(lot, pace, (node, batch) -> orders.migrate(work, lot, node, batch));
  }

  private int batch(RolloutRow row, int wave) {
    RolloutSettings settings = context.running().settings();
    boolean gated = row.waves().get(wave).gate().countsFailures();
    return gated ? settings.gatedBatch() : settings.batch();
  }

  private double perSecond(RolloutRow row, TargetState state) {
    Double wanted = row.options().tenantsPerSecondMax();
    double most = wanted == null ? 0 : wanted;
    if (state != TargetState.DORMANT) {
      return most;
    }
    double trickle = context.running().settings().tricklePerSecond();
    return most == 0 ? trickle : Math.min(most, trickle);
  }

  // Asked before each order: a gate that broke, or an operator, stops it between two batches.
  private boolean isNext(UUID id, Step step) {
    return rows.find(id).filter(row -> NextStep.of(row.status(), now()).equals(step)).isPresent();
  }

  private void undo(RolloutRow row, BooleanSupplier isOver) throws InterruptedException {
    var lot = new Lot(row.id(), row.pool(), TargetState.UNDOING, wave(row, TargetState.UNDOING));
    steps.dropGone(lot);
    Pace pace =
        new Pace(
            context.running().settings().batch(),
            row.options().parallelPerNode(),
            0,
            () -> !isOver.getAsBoolean());
    nodes.run(lot, pace, (node, batch) -> orders.undo(row, lot, node, batch));
  }

  // A node that is away has nothing under way; it must not keep the pool from other rollouts.
  private void endAbort(RolloutRow row, BooleanSupplier isOver) throws InterruptedException {
    List<NodeName> untold = targets.nodesNotDone(row);
    for (int attempt = 1; ; attempt++) {
      untold = nodes.tell(untold, node -> orders.fence(row, node));
      if (untold.isEmpty() || attempt == TELL_ATTEMPTS) {
        steps.endAbort(row.id(), untold);
        return;
      }
      if (isOver.getAsBoolean()) {
        return;
      }
      Thread.sleep(context.running().settings().waitLeast());
    }
  }
}
