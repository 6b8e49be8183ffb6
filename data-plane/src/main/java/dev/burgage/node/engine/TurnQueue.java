package dev.burgage.node.engine;

import dev.burgage.node.engine.StatementSlots.Waiter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Who waits, tenant by tenant: each tenant that waits has a turn before any has its second. Not
/// thread-safe.
final class TurnQueue {
  private final Map<Object, Deque<Waiter>> byTenant = new LinkedHashMap<>();
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Waiter waiter) {
    byTenant.computeIfAbsent(waiter.tenant(), _ -> new ArrayDeque<>()).add(waiter);
    size++;
  }

  /// The next one, of a queue that is not empty.
  Waiter poll() {
    var first = byTenant.entrySet().iterator();
    Map.Entry<Object, Deque<Waiter>> turn = first.next();
    first.remove();
    Waiter next = turn.getValue().remove();
    if (!turn.getValue().isEmpty()) {
      byTenant.put(turn.getKey(), turn.getValue()); // behind all others
    }
    size--;
    return next;
  }

  /// @return whether it waited
  boolean remove(Waiter waiter) {
    Deque<Waiter> waiters = byTenant.get(waiter.tenant());
    if (waiters == null || !waiters.remove(waiter)) {
      return false;
    }
    if (waiters.isEmpty()) {
      byTenant.remove(waiter.tenant());
    }
    size--;
    return true;
  }
}
