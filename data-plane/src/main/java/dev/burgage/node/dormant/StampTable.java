package dev.burgage.node.dormant;

import dev.burgage.node.engine.DatabaseIdentity;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/// One number for each of many databases, in 36 to 72 bytes each, free places included: as objects
/// in a map they would take 150. Open addressing with linear probing. Not thread-safe.
final class StampTable {
  static final long NONE = 0;

  private static final int STRIDE = 3;
  private static final int PLACES_LEAST = 64;

  // High and low half of the id, value. A place whose value is NONE is free.
  private long[] places = new long[PLACES_LEAST * STRIDE];
  private int size;

  int size() {
    return size;
  }

  /// @return [#NONE] if there is none
  long get(DatabaseIdentity identity) {
    return places[find(high(identity), low(identity)) + 2];
  }

  /// @param value not [#NONE]
  void put(DatabaseIdentity identity, long value) {
    if (value == NONE) {
      throw new IllegalArgumentException("a stamp's value must not be " + NONE);
    }
    put(high(identity), low(identity), value);
  }

  private void put(long high, long low, long value) {
    int at = find(high, low);
    if (places[at + 2] == NONE) {
      size++;
    }
    set(places, at, high, low, value);
    if (size * 3L > capacity() * 2L) {
      rebuild(capacity() * 2, _ -> true);
    }
  }

  /// Takes over all of another one; its values count.
  void putAll(StampTable other) {
    // Room first. The other's places are in the order of their hashes: put one by one into a table
    // that grows meanwhile, they would fill its beginning first, and be looked for through all of
    // it.
    int capacity = capacity();
    while ((size + other.size) * 3L > capacity * 2L) {
      capacity *= 2;
    }
    if (capacity > capacity()) {
      rebuild(capacity, _ -> true);
    }
    for (int at = 0; at < other.places.length; at += STRIDE) {
      if (other.places[at + 2] != NONE) {
        put(other.places[at], other.places[at + 1], other.places[at + 2]);
      }
    }
  }

  void remove(DatabaseIdentity identity) {
    int hole = find(high(identity), low(identity));
    if (places[hole + 2] == NONE) {
      return;
    }
    size--;
    int at = next(hole);
    while (places[at + 2] != NONE) {
      int home = home(places[at], places[at + 1]);
      // Moved into the hole unless its own place lies between the hole and where it is.
      boolean stays = hole <= at ? hole < home && home <= at : hole < home || home <= at;
      if (!stays) {
        set(places, hole, places[at], places[at + 1], places[at + 2]);
        hole = at;
      }
      at = next(at);
    }
    places[hole + 2] = NONE;
  }

  void forEach(LongConsumer taker) {
    for (int at = 2; at < places.length; at += STRIDE) {
      if (places[at] != NONE) {
        taker.accept(places[at]);
      }
    }
  }

  /// Forgets the values that the filter does not want.
  void keep(LongPredicate wanted) {
    rebuild(capacity(), wanted);
  }

  private void rebuild(int capacity, LongPredicate wanted) {
    long[] old = places;
    places = new long[capacity * STRIDE];
    size = 0;
    for (int at = 0; at < old.length; at += STRIDE) {
      if (old[at + 2] != NONE && wanted.test(old[at + 2])) {
        set(places, find(old[at], old[at + 1]), old[at], old[at + 1], old[at + 2]);
        size++;
      }
    }
  }

  private int find(long high, long low) {
    int at = home(high, low);
    while (places[at + 2] != NONE && (places[at] != high || places[at + 1] != low)) {
      at = next(at);
    }
    return at;
  }

  private static void set(long[] places, int at, long high, long low, long value) {
    places[at] = high;
    places[at + 1] = low;
    places[at + 2] = value;
  }

  private int capacity() {
    return places.length / STRIDE;
  }

  // Ids are random, but tests and imports make others.
  private int home(long high, long low) {
    long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 33) % capacity() * STRIDE;
  }

  private int next(int at) {
    return at + STRIDE == places.length ? 0 : at + STRIDE;
  }

  private static long high(DatabaseIdentity identity) {
    return identity.database().value().getMostSignificantBits();
  }

  private static long low(DatabaseIdentity identity) {
    return identity.database().value().getLeastSignificantBits();
  }
}
