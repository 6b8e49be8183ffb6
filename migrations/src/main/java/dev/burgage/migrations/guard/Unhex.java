package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/// `unhex(text, passed)`: pairs of hexadecimal digits, with characters of the second argument
/// between pairs. For one thread.
final class Unhex {
  private static final int CODE_POINT_MAX = 0x10ffff;
  private static final int STRANGE_MAX = 10_000;

  private final MemorySegment in;
  private final BitSet passed = new BitSet();
  private final Set<Integer> strange = new HashSet<>();
  private long position;

  Unhex(MemorySegment in, MemorySegment passed) {
    this.in = in;
    long at = 0;
    while (at < passed.byteSize()) {
      at = read(passed, at);
      if (character >= 0 && character <= CODE_POINT_MAX) {
        this.passed.set(character);
      } else if (strange.size() < STRANGE_MAX) {
        strange.add(character);
      }
    }
  }

  private int character;

  // As sqlite3Utf8Read: a lead byte takes all continuation bytes behind it.
  private long read(MemorySegment from, long start) {
    long at = start;
    int c = from.get(JAVA_BYTE, at++) & 0xff;
    if (c >= 0xc0) {
      c = c < 0xe0 ? c & 0x1f : c < 0xf0 ? c & 0x0f : c < 0xf8 ? c & 7 : c < 0xfc ? c & 3 : c & 1;
      c = (from.get(JAVA_BYTE, start) & 0xff) >= 0xfe ? 0 : c;
      while (at < from.byteSize() && ByteSearch.isContinuation(from.get(JAVA_BYTE, at))) {
        c = (c << 6) + (from.get(JAVA_BYTE, at++) & 0x3f);
      }
      boolean valid =
          Integer.compareUnsigned(c, 0x80) >= 0
              && (c & 0xfffff800) != 0xd800
              && (c & 0xfffffffe) != 0xfffe;
      c = valid ? c : 0xfffd;
    }
    character = c;
    return at;
  }

  /// @param out has room for half the text
  /// @return bytes written, or -1 for NULL
  long into(MemorySegment out) {
    long size = 0;
    while (true) {
      int high = current();
      if (high == 0) {
        return size;
      }
      if (Character.digit(high, 16) < 0 || high >= 0x80) {
        position = read(in, position);
        if (!isPassed()) {
          return -1;
        }
        continue;
      }
      position++;
      int low = current();
      if (low >= 0x80 || Character.digit(low, 16) < 0) {
        return -1;
      }
      position++;
      out.set(
          JAVA_BYTE, size++, (byte) (Character.digit(high, 16) << 4 | Character.digit(low, 16)));
    }
  }

  private int current() {
    return position < in.byteSize() ? in.get(JAVA_BYTE, position) & 0xff : 0;
  }

  private boolean isPassed() {
    boolean ordinary = character >= 0 && character <= CODE_POINT_MAX;
    return ordinary ? passed.get(character) : strange.contains(character);
  }
}
