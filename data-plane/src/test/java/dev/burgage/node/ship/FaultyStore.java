package dev.burgage.node.ship;

import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// A store that now and then does not do what it is asked, or does it and fails to say so.
final class FaultyStore implements ObjectStore {
  private final ObjectStore store;
  private final AtomicLong calls = new AtomicLong();
  private volatile Fails fails = _ -> Fault.NONE;

  enum Fault {
    NONE,
    BEFORE,
    AFTER
  }

  interface Fails {
    Fault at(long call);
  }

  FaultyStore(ObjectStore store) {
    this.store = store;
  }

  /// Fails the calls that are chosen, counted from 1 on.
  void set(Fails chosen) {
    calls.set(0);
    fails = chosen;
  }

  void heal() {
    fails = _ -> Fault.NONE;
  }

  /// Fails one call of some.
  void failSometimes(Random random, int of) {
    Object lock = new Object();
    set(_ -> {
      synchronized (lock) {
        return random.nextInt(of) != 0
            ? Fault.NONE
            : random.nextBoolean() ? Fault.BEFORE : Fault.AFTER;
      }
    });
  }

  long calls() {
    return calls.get();
  }

  private interface Call<T> {
    T make() throws StoreException;
  }

  private <T> T call(Call<T> call) throws StoreException {
    Fault fault = fails.at(calls.incrementAndGet());
    if (fault == Fault.BEFORE) {
      throw unreachable();
    }
    T answer = call.make();
    if (fault == Fault.AFTER) {
      throw unreachable();
    }
    return answer;
  }

  private static StoreException unreachable() {
    return new StoreException(StoreException.Reason.UNREACHABLE, "the test's store fails", null);
  }

  @Override
  public void put(String key, byte[] content) throws StoreException {
    call(() -> {
      store.put(key, content);
      return true;
    });
  }

  @Override
  public boolean putIfAbsent(String key, byte[] content) throws StoreException {
    return call(() -> store.putIfAbsent(key, content));
  }

  @Override
  public byte[] get(String key) throws StoreException {
    return call(() -> store.get(key));
  }

  @Override
  public byte[] get(String key, long from, int length) throws StoreException {
    return call(() -> store.get(key, from, length));
  }

  @Override
  public List<Listed> list(String prefix, String after, int limit) throws StoreException {
    return call(() -> store.list(prefix, after, limit));
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    call(() -> {
      store.delete(keys);
      return true;
    });
  }

  @Override
  public void close() {
    store.close();
  }
}
