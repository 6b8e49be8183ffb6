package dev.burgage.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The pages in which another database file differs from one that is to become the same. SQLite has
/// neither of them open to write.
///
/// The first page is always among them: SQLite's counters of changes in it go on from those of the
/// file that is replaced, never back, so that nobody who remembers them takes the one state for the
/// other.
///
/// @param target the other file
/// @param pageSize of both
/// @param databasePages of the target
/// @param numbers of the pages, from 1, ascending
/// @param counters of changes, and of the schema, for the first page
public record PageDifference(
    Path target, int pageSize, int databasePages, int[] numbers, Counters counters) {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int HEADER_BYTES = 100;
  // "The Database Header" in SQLite's file format.
  private static final int CHANGES_AT = 24;
  private static final int PAGES_AT = 28;
  private static final int SCHEMA_AT = 40;
  private static final int CHANGES_OF_PAGES_AT = 92;

  /// What the first page has to count with.
  record Counters(int changes, int schema) {
    private static Counters after(FileChannel file) throws IOException {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      fill(file, header, 0);
      return new Counters(header.getInt(CHANGES_AT) + 1, header.getInt(SCHEMA_AT) + 1);
    }
  }

  /// Compares two files, which takes reading both.
  ///
  /// @throws LogDamagedException if one of them is no database
  /// @throws IllegalArgumentException if their pages are not of the same size
  public static PageDifference between(Path file, Path target) throws IOException {
    try (FileChannel before = FileChannel.open(file, StandardOpenOption.READ);
        FileChannel after = FileChannel.open(target, StandardOpenOption.READ)) {
      int pageSize = DatabaseHeader.pageSize(after);
      if (DatabaseHeader.pageSize(before) != pageSize) {
        throw new IllegalArgumentException(
            "%s has pages of %d bytes, %s of %d bytes"
                .formatted(file, DatabaseHeader.pageSize(before), target, pageSize));
      }
      int pages = Math.toIntExact(after.size() / pageSize);
      int[] numbers = numbers(before, after, pageSize, pages);
      return new PageDifference(target, pageSize, pages, numbers, Counters.after(before));
    }
  }

  private static int[] numbers(FileChannel before, FileChannel after, int pageSize, int pages)
      throws IOException {
    int perChunk = CHUNK_BYTES / pageSize;
    byte[] old = new byte[perChunk * pageSize];
    byte[] next = new byte[perChunk * pageSize];
    int[] found = new int[Math.min(pages, perChunk)];
    int count = 0;
    long shared = Math.min(before.size() / pageSize, pages);
    for (int from = 0; from < pages; from += perChunk) {
      int here = Math.min(perChunk, pages - from);
      int both = Math.clamp(shared - from, 0, here);
      fill(before, ByteBuffer.wrap(old, 0, both * pageSize), (long) from * pageSize);
      fill(after, ByteBuffer.wrap(next, 0, both * pageSize), (long) from * pageSize);
      if (found.length < count + here) {
        found = Arrays.copyOf(found, Math.max(count + here, 2 * found.length));
      }
      for (int i = 0; i < here; i++) {
        if (from + i == 0 || i >= both || !equal(old, next, i * pageSize, pageSize)) {
          found[count++] = from + i + 1;
        }
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static boolean equal(byte[] old, byte[] next, int from, int length) {
    return Arrays.equals(old, from, from + length, next, from, from + length);
  }

  private static void fill(FileChannel file, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = file.read(into, at);
      if (read < 0) {
        throw new IOException("a file became shorter while it was read");
      }
      at += read;
    }
  }

  /// Bytes of all images.
  public long bytes() {
    return (long) numbers.length * pageSize;
  }

  Images open() throws IOException {
    return new Images(FileChannel.open(target, StandardOpenOption.READ));
  }

  /// The images of the pages, as long as the target is there.
  final class Images implements AutoCloseable {
    private final FileChannel file;

    private Images(FileChannel file) {
      this.file = file;
    }

    void read(int index, ByteBuffer into) throws IOException {
      int start = into.arrayOffset() + into.position();
      fill(file, into, (numbers[index] - 1L) * pageSize);
      if (numbers[index] == 1) {
        ByteBuffer first = ByteBuffer.wrap(into.array(), start, pageSize).slice();
        first.putInt(CHANGES_AT, counters.changes());
        first.putInt(CHANGES_OF_PAGES_AT, counters.changes());
        first.putInt(SCHEMA_AT, counters.schema());
        first.putInt(PAGES_AT, databasePages);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
