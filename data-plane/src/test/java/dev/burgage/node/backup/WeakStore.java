package dev.burgage.node.backup;

import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.node.store.StoreException.Reason;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A store that does not answer for some keys while it is told not to, and counts what it is asked.
final class WeakStore implements ObjectStore {
  private final ObjectStore store;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile Predicate<String> away = _ -> false;

  WeakStore(ObjectStore store) {
    this.store = store;
  }

  void away(Predicate<String> keys) {
    away = keys;
  }

  int calls() {
    return calls.get();
  }

  private void ask(String key) throws StoreException {
    calls.incrementAndGet();
    if (away.test(key)) {
      throw new StoreException(Reason.UNREACHABLE, "no answer for " + key, null);
    }
  }

  @Override
  public void put(String key, byte[] content) throws StoreException {
    ask(key);
    store.put(key, content);
  }

  @Override
  public boolean putIfAbsent(String key, byte[] content) throws StoreException {
    ask(key);
    return store.putIfAbsent(key, content);
  }

  @Override
  public byte[] get(String key) throws StoreException {
    ask(key);
    return store.get(key);
  }

  @Override
  public byte[] get(String key, long from, int length) throws StoreException {
    ask(key);
    return store.get(key, from, length);
  }

  @Override
  public List<Listed> list(String prefix, String after, int limit) throws StoreException {
    ask(prefix);
    return store.list(prefix, after, limit);
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    ask(keys.stream().findFirst().orElse(""));
    store.delete(keys);
  }

  @Override
  public void close() {
    store.close();
  }
}
