package dev.burgage.control.rollout;

import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.TenantAt;
import dev.burgage.control.rollout.RolloutVerbs.Address;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.DatabaseFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Begins rehearsals: chooses tenants, and hands the rest to a durable task. Sizes of databases are
/// known to nodes only, so the largest are looked for in a sample.
@Component
class Rehearsals {
  private static final int SAMPLE = 200;
  private static final int ASKED_AT_ONCE = 8;

  private final RehearsalRows rows;
  private final RolloutRows rollouts;
  private final RolloutEvents events;
  private final RolloutQueue queue;
  private final NodeClient nodes;
  private final Context context;

  Rehearsals(
      RehearsalRows rows,
      RolloutRows rollouts,
      RolloutEvents events,
      RolloutQueue queue,
      NodeClient nodes,
      Context context) {
    this.rows = rows;
    this.rollouts = rollouts;
    this.events = events;
    this.queue = queue;
    this.nodes = nodes;
    this.context = context;
  }

  /// What it needs besides.
  @Component
  record Context(TransactionTemplate transaction, RolloutRunning running) {}

  /// How many tenants of each kind.
  record Choice(List<String> tenants, int largest, int oldest, int random) {}

  /// @throws BurgageException `conflict` if the rollout is not planned, or has no tenants to choose
  UUID begin(Address address, Choice choice) throws InterruptedException {
    RolloutRow rollout =
        rollouts
            .find(address.pool(), address.rollout())
            .orElseThrow(() -> RolloutVerbs.unknown(address.pool(), address.rollout()));
    if (rollout.state() != RolloutState.PLANNED) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "rollout %s is %s; rehearse one that is planned and not started"
              .formatted(rollout.id(), rollout.state()));
    }
    List<TenantAt> sample = rows.sample(rollout, SAMPLE);
    Map<String, String> chosen = choose(rollout, choice, sample);
    if (chosen.isEmpty()) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "none of these tenants is behind in rollout %s; choose others".formatted(rollout.id()));
    }
    UUID id = UUID.randomUUID();
    context
        .transaction()
        .executeWithoutResult(status -> {
          var now = context.running().now();
          rows.insert(id, rollout.id(), sample.size(), chosen, now);
          events.add(
              rollout.id(),
              address.actor(),
              "rehearsing",
              Map.of("rehearsal", id, "copies", chosen.size()),
              now);
          queue.add(RehearsalRun.TASK, id, now);
        });
    queue.hurry();
    return id;
  }

  private Map<String, String> choose(RolloutRow rollout, Choice choice, List<TenantAt> sample)
      throws InterruptedException {
    Map<String, String> chosen = new HashMap<>();
    sample.stream()
        .limit(choice.random())
        .forEach(tenant -> chosen.put(tenant.tenant().value(), "random"));
    rows.oldest(rollout, choice.oldest()).forEach(tenant -> chosen.put(tenant, "oldest"));
    largest(sample, choice.largest()).forEach(tenant -> chosen.put(tenant, "largest"));
    if (!choice.tenants().isEmpty()) {
      rows.named(rollout, choice.tenants()).forEach(tenant -> chosen.put(tenant, "named"));
    }
    return chosen;
  }

  private record Sized(String tenant, long bytes) {}

  // A node that does not answer has none of the largest.
  private List<String> largest(List<TenantAt> sample, int count) throws InterruptedException {
    if (count == 0) {
      return List.of();
    }
    var turns = new Semaphore(ASKED_AT_ONCE);
    List<Sized> sizes = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Sized>> questions = new ArrayList<>();
      sample.forEach(tenant -> questions.add(() -> ask(tenant, turns)));
      for (Future<Sized> answer : threads.invokeAll(questions)) {
        sizes.add(answer.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("sizes could not be asked for", e.getCause());
    }
    return sizes.stream()
        .filter(size -> size.bytes() >= 0)
        .sorted(Comparator.comparingLong(Sized::bytes).reversed())
        .limit(count)
        .map(Sized::tenant)
        .toList();
  }

  private Sized ask(TenantAt tenant, Semaphore turns) throws InterruptedException {
    turns.acquire();
    try {
      DatabaseFacts facts = nodes.ask(tenant, "GET", "", null, DatabaseFacts.class);
      return new Sized(tenant.tenant().value(), facts.sizeBytes());
    } catch (BurgageException e) {
      return new Sized(tenant.tenant().value(), -1);
    } finally {
      turns.release();
    }
  }
}
