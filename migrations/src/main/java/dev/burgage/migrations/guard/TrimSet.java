package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The characters that the second argument of a trim function names. As SQLite reads them: a byte
/// of 0xC0 or more takes all continuation bytes behind it; a NUL ends the list; the first one
/// listed that fits is taken. For one thread.
///
/// If all of them are UTF-8, at most one can fit at any place, and a set of code points does.
/// Otherwise they are tried one by one, as long as that is not too much work.
final class TrimSet {
  private static final long STEPS_MAX = 20_000_000;
  private static final int NOT_UTF8 = -1;

  private final BitSet codePoints = new BitSet();
  private final List<MemorySegment> listed = new ArrayList<>();
  private long listedBytes;
  private boolean utf8 = true;

  private TrimSet() {}

  static TrimSet of(MemorySegment set) {
    TrimSet trim = new TrimSet();
    trim.read(set);
    return trim;
  }

  private void read(MemorySegment set) {
    long at = 0;
    while (at < set.byteSize() && set.get(JAVA_BYTE, at) != 0) {
      long end = at + 1;
      if ((set.get(JAVA_BYTE, at) & 0xff) >= 0xc0) {
        while (end < set.byteSize() && ByteSearch.isContinuation(set.get(JAVA_BYTE, end))) {
          end++;
        }
      }
      int codePoint = codePoint(set, at, end);
      if (codePoint == NOT_UTF8 && utf8) {
        utf8 = false;
        readAgain(set);
        return;
      }
      codePoints.set(codePoint);
      at = end;
    }
  }

  private void readAgain(MemorySegment set) {
    listedBytes = set.byteSize();
    if (listedBytes > STEPS_MAX / 16) {
      return; // too much for any text but an empty one
    }
    long at = 0;
    while (at < set.byteSize() && set.get(JAVA_BYTE, at) != 0) {
      long end = at + 1;
      if ((set.get(JAVA_BYTE, at) & 0xff) >= 0xc0) {
        while (end < set.byteSize() && ByteSearch.isContinuation(set.get(JAVA_BYTE, end))) {
          end++;
        }
      }
      listed.add(set.asSlice(at, end - at));
      at = end;
    }
  }

  /// The number that the bytes encode in the only way that UTF-8 has for it, else [#NOT_UTF8].
  private static int codePoint(MemorySegment in, long from, long to) {
    int lead = in.get(JAVA_BYTE, from) & 0xff;
    int length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 0 || to - from != length || lead >= 0xf8) {
      return NOT_UTF8;
    }
    int number = length == 1 ? lead : lead & (0xff >> (length + 1));
    for (long at = from + 1; at < to; at++) {
      byte next = in.get(JAVA_BYTE, at);
      if (!ByteSearch.isContinuation(next)) {
        return NOT_UTF8;
      }
      number = (number << 6) | (next & 0x3f);
    }
    int least = length == 1 ? 0 : length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    return number < least ? NOT_UTF8 : number;
  }

  /// Whether the text can be trimmed in a bounded time.
  boolean worksFor(MemorySegment in) {
    return utf8 || in.byteSize() * Math.max(1, listedBytes) <= STEPS_MAX;
  }

  /// Where the text begins that is left.
  long afterLeading(MemorySegment in) {
    long at = 0;
    while (at < in.byteSize()) {
      long taken = leading(in, at);
      if (taken == 0) {
        return at;
      }
      at += taken;
    }
    return at;
  }

  private long leading(MemorySegment in, long at) {
    if (!utf8) {
      for (MemorySegment one : listed) {
        long size = one.byteSize();
        if (at + size <= in.byteSize() && equal(in, at, one)) {
          return size;
        }
      }
      return 0;
    }
    for (int size = 1; size <= 4 && at + size <= in.byteSize(); size++) {
      int codePoint = codePoint(in, at, at + size);
      if (codePoint != NOT_UTF8) {
        return codePoints.get(codePoint) ? size : 0;
      }
    }
    return 0;
  }

  /// Where the text ends that is left.
  long beforeTrailing(MemorySegment in, long start) {
    long end = in.byteSize();
    while (end > start) {
      long taken = trailing(in, start, end);
      if (taken == 0) {
        return end;
      }
      end -= taken;
    }
    return end;
  }

  private long trailing(MemorySegment in, long start, long end) {
    if (!utf8) {
      for (MemorySegment one : listed) {
        long size = one.byteSize();
        if (end - size >= start && equal(in, end - size, one)) {
          return size;
        }
      }
      return 0;
    }
    for (int size = 1; size <= 4 && end - size >= start; size++) {
      int codePoint = codePoint(in, end - size, end);
      if (codePoint != NOT_UTF8) {
        return codePoints.get(codePoint) ? size : 0;
      }
    }
    return 0;
  }

  private static boolean equal(MemorySegment in, long at, MemorySegment one) {
    return MemorySegment.mismatch(in, at, at + one.byteSize(), one, 0, one.byteSize()) < 0;
  }
}
