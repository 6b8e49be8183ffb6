package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;

/// Finds bytes in bytes in a time that grows with the sum of their lengths, and needs no memory: by
/// a rolling hash (Karp and Rabin) whose base is drawn at start, so that nobody can write texts
/// that collide. What the hash finds is compared. Stateless.
final class ByteSearch {
  private static final long PRIME = (1L << 61) - 1;
  private static final long BASE = ThreadLocalRandom.current().nextLong(1L << 32, PRIME);

  /// Up to this many steps, comparing at every place is quicker than hashing.
  private static final long SIMPLE_STEPS_MAX = 1 << 12;

  private ByteSearch() {}

  /// @param wanted at least one byte
  /// @param from where the first match may begin
  /// @param text whether matches begin at characters: not at a continuation byte, but at 0
  /// @return where it is found, or -1
  static long indexOf(MemorySegment in, MemorySegment wanted, long from, boolean text) {
    long last = in.byteSize() - wanted.byteSize();
    if (last < from) {
      return -1;
    }
    long steps = (last - from + 1) * wanted.byteSize();
    return steps <= SIMPLE_STEPS_MAX || wanted.byteSize() == 1
        ? simple(in, wanted, from, text)
        : rolling(in, wanted, from, text);
  }

  private static long simple(MemorySegment in, MemorySegment wanted, long from, boolean text) {
    byte first = wanted.get(JAVA_BYTE, 0);
    long last = in.byteSize() - wanted.byteSize();
    for (long at = from; at <= last; at++) {
      if (in.get(JAVA_BYTE, at) == first && isMatch(in, wanted, at, text)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isMatch(MemorySegment in, MemorySegment wanted, long at, boolean text) {
    if (text && at > 0 && isContinuation(in.get(JAVA_BYTE, at))) {
      return false;
    }
    return MemorySegment.mismatch(in, at, at + wanted.byteSize(), wanted, 0, wanted.byteSize()) < 0;
  }

  private static long rolling(MemorySegment in, MemorySegment wanted, long from, boolean text) {
    long size = wanted.byteSize();
    long last = in.byteSize() - size;
    long target = 0;
    long window = 0;
    long leading = 1; // BASE to the power of size - 1: what the byte that leaves weighs
    for (long i = 0; i < size; i++) {
      target = plus(times(target, BASE), value(wanted, i));
      window = plus(times(window, BASE), value(in, from + i));
      if (i > 0) {
        leading = times(leading, BASE);
      }
    }
    for (long at = from; ; at++) {
      if (window == target && isMatch(in, wanted, at, text)) {
        return at;
      }
      if (at == last) {
        return -1;
      }
      long rest = plus(window, PRIME - times(leading, value(in, at)));
      window = plus(times(rest, BASE), value(in, at + size));
    }
  }

  private static long value(MemorySegment in, long at) {
    return (in.get(JAVA_BYTE, at) & 0xffL) + 1;
  }

  private static long plus(long a, long b) {
    long sum = a + b;
    return sum >= PRIME ? sum - PRIME : sum;
  }

  private static long times(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    return plus(low & PRIME, (high << 3) | (low >>> 61));
  }

  /// Characters that begin before the position, as SQLite counts them: the byte at 0 begins one.
  static long characters(MemorySegment in, long before) {
    long count = 0;
    for (long at = 0; at < before; at++) {
      if (at == 0 || !isContinuation(in.get(JAVA_BYTE, at))) {
        count++;
      }
    }
    return count;
  }

  /// Matches that do not overlap, from the left.
  static long count(MemorySegment in, MemorySegment pattern) {
    long count = 0;
    long at = indexOf(in, pattern, 0, /* text= */ false);
    while (at >= 0) {
      count++;
      at = indexOf(in, pattern, at + pattern.byteSize(), /* text= */ false);
    }
    return count;
  }

  /// @param out has room for the result
  static void replace(
      MemorySegment in, MemorySegment pattern, MemorySegment by, MemorySegment out) {
    long from = 0;
    long to = 0;
    long at = indexOf(in, pattern, 0, /* text= */ false);
    while (at >= 0) {
      MemorySegment.copy(in, from, out, to, at - from);
      to += at - from;
      MemorySegment.copy(by, 0, out, to, by.byteSize());
      to += by.byteSize();
      from = at + pattern.byteSize();
      at = indexOf(in, pattern, from, /* text= */ false);
    }
    MemorySegment.copy(in, from, out, to, in.byteSize() - from);
  }

  static boolean isContinuation(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
