package dev.burgage.control.rollout;

import dev.burgage.control.rollout.Targets.DueTarget;
import dev.burgage.control.rollout.Targets.Lot;
import dev.burgage.protocol.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/// Speaks with all nodes at once: works through a lot of targets, in batches, within the rollout's
/// rate, or tells each node something.
@Component
class NodeWork {
  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);

  private final Targets targets;
  private final RolloutRows rows;
  private final RolloutRunning running;

  NodeWork(Targets targets, RolloutRows rows, RolloutRunning running) {
    this.targets = targets;
    this.rows = rows;
    this.running = running;
  }

  /// How a lot is worked through.
  ///
  /// @param batch targets of one order
  /// @param parallel orders that a node has at once
  /// @param perSecond 0 for no limit
  /// @param goesOn asked before each order
  record Pace(int batch, int parallel, double perSecond, BooleanSupplier goesOn) {
    // In a second's steps, so that a slow rate is even.
    int step() {
      int most = batch * parallel;
      return perSecond == 0 ? most : (int) Math.clamp(Math.floor(perSecond), 1, most);
    }
  }

  /// Orders a batch and records what came of it; handles its own failures.
  @FunctionalInterface
  interface Batch {
    /// @return whether the node answered
    boolean run(NodeName node, List<DueTarget> batch);
  }

  /// Returns when nothing of the lot is due, or it does not go on.
  void run(Lot lot, Pace pace, Batch batch) throws InterruptedException {
    List<NodeName> nodes = targets.dueNodes(lot, running.now());
    each(nodes, (node, threads) -> node(lot, node, pace, batch, threads));
  }

  /// Tells each node the same, without another attempt.
  ///
  /// @param message whether the node has taken it; handles its own failures
  /// @return those that have not
  List<NodeName> tell(List<NodeName> nodes, Predicate<NodeName> message)
      throws InterruptedException {
    Queue<NodeName> untold = new ConcurrentLinkedQueue<>();
    each(
        nodes,
        (node, _) -> {
          if (!message.test(node)) {
            untold.add(node);
          }
        });
    return List.copyOf(untold);
  }

  @FunctionalInterface
  private interface Work {
    void run(NodeName node, ExecutorService threads) throws InterruptedException;
  }

  private void each(List<NodeName> nodes, Work work) throws InterruptedException {
    var turns = new Semaphore(running.settings().nodesAtOnce());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> works = new ArrayList<>();
      for (NodeName node : nodes) {
        works.add(threads.submit(() -> inTurn(turns, node, work, threads)));
      }
      awaitAll(works, threads);
    }
  }

  private static boolean inTurn(Semaphore turns, NodeName node, Work work, ExecutorService threads)
      throws InterruptedException {
    turns.acquire();
    try {
      work.run(node, threads);
      return true;
    } finally {
      turns.release();
    }
  }

  private void node(Lot lot, NodeName node, Pace pace, Batch batch, ExecutorService threads)
      throws InterruptedException {
    boolean answers = true;
    while (answers && pace.goesOn().getAsBoolean()) {
      Instant now = running.now();
      List<DueTarget> due = targets.due(lot, node, pace.step(), now);
      if (due.isEmpty()) {
        return;
      }
      if (pace.perSecond() > 0 && !rows.pace(lot.rollout(), due.size(), pace.perSecond(), now)) {
        if (!awaitTurn(lot)) {
          return;
        }
        continue;
      }
      answers = runAll(node, due, pace, batch, threads);
    }
  }

  /// @return false if the wait is too long for a thread of the scheduler
  private boolean awaitTurn(Lot lot) throws InterruptedException {
    Instant until = rows.pacedUntil(lot.rollout()).orElse(Instant.EPOCH);
    Duration wait = Duration.between(running.now(), until);
    if (wait.compareTo(SHORT_WAIT) > 0) {
      return false;
    }
    if (wait.isPositive()) {
      Thread.sleep(wait);
    }
    return true;
  }

  private static boolean runAll(
      NodeName node, List<DueTarget> due, Pace pace, Batch batch, ExecutorService threads)
      throws InterruptedException {
    if (due.size() <= pace.batch()) {
      return batch.run(node, due);
    }
    List<Future<Boolean>> orders = new ArrayList<>();
    for (int from = 0; from < due.size(); from += pace.batch()) {
      List<DueTarget> part = due.subList(from, Math.min(due.size(), from + pace.batch()));
      orders.add(threads.submit(() -> batch.run(node, part)));
    }
    boolean answers = true;
    for (Future<Boolean> order : orders) {
      try {
        answers &= order.get();
      } catch (ExecutionException e) {
        throw failed(e);
      }
    }
    return answers;
  }

  private static void awaitAll(List<Future<?>> works, ExecutorService threads)
      throws InterruptedException {
    try {
      for (Future<?> work : works) {
        work.get();
      }
    } catch (ExecutionException e) {
      throw failed(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static IllegalStateException failed(ExecutionException e) {
    return new IllegalStateException("a rollout's outcomes could not be recorded", e.getCause());
  }
}
