package dev.burgage.bench.scenario;

import dev.burgage.bench.peer.TenantCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Clients of one tenant that send the list of attacks, each its next statement when it has its
/// answer, until they are stopped. The next ones go on where these stopped.
final class Attackers {
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();

  private Attackers() {}

  /// @param position counts the attacks that were begun, by these and earlier ones
  static Attackers start(int clients, TenantCalls calls, AttackList list, AtomicLong position) {
    var attackers = new Attackers();
    for (int i = 0; i < clients; i++) {
      attackers.threads.add(
          Thread.ofVirtual().start(() -> attackers.attack(calls, list, position)));
    }
    return attackers;
  }

  private void attack(TenantCalls calls, AttackList list, AtomicLong position) {
    try {
      while (!stopped.get()) {
        int next = (int) (position.getAndIncrement() % list.attacks().size());
        if (next == 0) { // the list has dropped much of it by its end
          for (String sql : list.schema()) {
            calls.ask(sql, List.of());
          }
        }
        String sql = list.attacks().get(next);
        calls.ask(sql, sql.contains("ATTACH ?") ? List.of("x.db") : List.of());
      }
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    }
  }

  /// Waits for the answers that are out.
  ///
  /// @throws IOException if the node did not answer one
  void stop() throws IOException, InterruptedException {
    stopped.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    IOException first = failure.get();
    if (first != null) {
      throw new IOException("an attack got no answer: the node may be gone", first);
    }
  }
}
