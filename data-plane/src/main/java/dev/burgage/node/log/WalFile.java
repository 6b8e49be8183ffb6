package dev.burgage.node.log;

import dev.burgage.node.files.Attributes;
import dev.burgage.node.files.Uninterrupted;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The `-wal` file of one database, read beside the SQLite that writes it, by the thread that has
/// the database's writer: nothing is written and no checkpoint runs meanwhile.
///
/// SQLite holds its POSIX locks on the database file and on `-shm`, never on `-wal`, so this is the
/// one file of an open database that may be opened and closed here. It is kept open until SQLite
/// removes it.
final class WalFile implements AutoCloseable {
  private static final int FRAME_HEADER_BYTES = 24;

  private final Path file;
  private final FrameBuffers buffers;
  private @Nullable FileChannel channel;
  private @Nullable Object key;
  private @Nullable WalHeader newest;
  // Frames that were read last, until [#release()].
  private @Nullable ByteBuffer chunk;
  private int chunkFirst;
  private int chunkFrames;
  private int pageSize;

  /// @param database the database's file
  WalFile(Path database, FrameBuffers buffers) {
    this.file = database.resolveSibling(database.getFileName() + "-wal");
    this.buffers = buffers;
  }

  /// What was committed after a position.
  ///
  /// @param restarted whether SQLite has begun the file anew since that position; all commits of it
  ///   are among these then
  record News(List<WalCommit> commits, boolean restarted) {}

  /// Reads the commits after a position; frames of a transaction that has not ended, or that were
  /// not written whole, are left for later. Whoever has read their pages calls [#release()].
  News read(WalPosition from) throws IOException {
    List<WalCommit> next = following(from);
    return next.isEmpty() ? readAnew(from) : new News(next, /* restarted= */ false);
  }

  // Frames that go on with the sums of the ones before can be of no other use of the file, so after
  // nearly every commit this is all there is to do.
  private List<WalCommit> following(WalPosition from) throws IOException {
    WalHeader known = newest;
    return channel == null || known == null || !known.isOf(from) ? List.of() : commits(known, from);
  }

  private News readAnew(WalPosition from) throws IOException {
    WalHeader header = header();
    if (header == null) {
      return new News(List.of(), /* restarted= */ false);
    }
    boolean restarted = !header.isOf(from);
    return new News(commits(header, restarted ? header.start() : from), restarted);
  }

  /// Whether the file has all that is before this position, whole.
  boolean holds(WalPosition position) throws IOException {
    WalHeader header = header();
    if (header == null || !header.isOf(position)) {
      return false;
    }
    if (position.frames() == 0) {
      return true;
    }
    try {
      Frames frames = new Frames(header, header.start());
      while (frames.count() < position.frames()) {
        if (!frames.next()) {
          return false;
        }
      }
      return frames.position().equals(position);
    } finally {
      release();
    }
  }

  /// Whether the file is of the same use as this position and has as many frames; not whether they
  /// are whole.
  boolean reaches(WalPosition position) throws IOException {
    return isOf(position) && channel != null && channel.size() >= offset(position.frames());
  }

  /// Whether the file was begun by the use that the position is of.
  boolean isOf(WalPosition position) throws IOException {
    WalHeader header = header();
    return header != null && header.isOf(position);
  }

  int pageSize() {
    return pageSize;
  }

  /// Gives the image of a page that [#read] has just found; most were read then.
  void readPage(int frame, ByteBuffer into) throws IOException {
    ByteBuffer read = chunk;
    if (read != null && frame >= chunkFirst && frame < chunkFirst + chunkFrames) {
      int inChunk = (frame - chunkFirst) * (FRAME_HEADER_BYTES + pageSize) + FRAME_HEADER_BYTES;
      into.put(read.slice(inChunk, pageSize));
      return;
    }
    long at = offset(frame) + FRAME_HEADER_BYTES;
    if (!fill(into, at)) {
      throw new EOFException("%s ended before frame %d".formatted(file, frame));
    }
  }

  // Null while nothing can have been committed.
  private @Nullable WalHeader header() throws IOException {
    if (!reopen()) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(WalHeader.BYTES);
    WalHeader header = fill(bytes, 0) ? WalHeader.of(bytes) : null;
    newest = header;
    if (header != null && header.pageSize() != pageSize) {
      pageSize = header.pageSize();
    }
    return header;
  }

  // SQLite removes the file when the last connection closes. The descriptor of a removed file would
  // never see another commit.
  private boolean reopen() throws IOException {
    BasicFileAttributes now = Attributes.find(file);
    if (now == null) {
      close();
      return false;
    }
    try {
      if (channel == null || key == null || !key.equals(now.fileKey())) {
        close();
        channel = FileChannel.open(file, StandardOpenOption.READ);
        key = now.fileKey();
      }
      return now.size() >= WalHeader.BYTES;
    } catch (NoSuchFileException e) {
      close();
      return false;
    }
  }

  private List<WalCommit> commits(WalHeader header, WalPosition from) throws IOException {
    List<WalCommit> commits = new ArrayList<>();
    TreeMap<Integer, Integer> changed = new TreeMap<>();
    Frames frames = new Frames(header, from);
    while (frames.next()) {
      changed.put(frames.page(), frames.count() - 1);
      int size = frames.databasePages();
      if (size != 0) {
        changed.tailMap(size, /* inclusive= */ false).clear();
        commits.add(
            new WalCommit(size, ints(changed.keySet()), ints(changed.values()), frames.position()));
        changed.clear();
      }
    }
    return commits;
  }

  /// Gives back the memory of what [#read] has found.
  void release() {
    ByteBuffer read = chunk;
    chunk = null;
    chunkFrames = 0;
    if (read != null) {
      buffers.giveBack(read);
    }
  }

  private static int[] ints(Iterable<Integer> values) {
    List<Integer> list = new ArrayList<>();
    values.forEach(list::add);
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private long offset(int frame) {
    return WalHeader.BYTES + (long) frame * (FRAME_HEADER_BYTES + pageSize);
  }

  private boolean fill(ByteBuffer into, long at) throws IOException {
    int start = into.position();
    return Uninterrupted.run(() -> {
      FileChannel open = open();
      while (into.hasRemaining()) {
        if (open.read(into, at + into.position() - start) < 0) {
          return false;
        }
      }
      return true;
    });
  }

  private FileChannel open() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      throw new NoSuchFileException(file.toString());
    }
    if (!open.isOpen()) {
      open = FileChannel.open(file, StandardOpenOption.READ); // an interrupt has closed it
      channel = open;
    }
    return open;
  }

  /// Walks over valid frames, a chunk of the file at a time.
  private final class Frames {
    private final WalPosition use;
    private final WalChecksum sum;
    private final ByteBuffer frames;
    private int count;
    private int framesAtOnce = 1;
    private boolean isAtEnd;
    private int at;

    Frames(WalHeader header, WalPosition from) {
      this.use = from;
      this.sum = new WalChecksum(header.order());
      sum.set(from.checksum1(), from.checksum2());
      this.count = from.frames();
      this.frames = chunk == null ? buffers.take() : chunk;
      chunk = frames;
      chunkFirst = count;
      chunkFrames = 0;
    }

    boolean next() throws IOException {
      int frameBytes = FRAME_HEADER_BYTES + pageSize;
      if (count == chunkFirst + chunkFrames && !load(frameBytes)) {
        return false;
      }
      int start = (count - chunkFirst) * frameBytes;
      if (frames.getInt(start + 8) != use.salt1() || frames.getInt(start + 12) != use.salt2()) {
        return false;
      }
      sum.add(frames, start, 8);
      sum.add(frames, start + FRAME_HEADER_BYTES, pageSize);
      if (!sum.is(frames.getInt(start + 16), frames.getInt(start + 20))) {
        return false;
      }
      at = start;
      count++;
      return true;
    }

    // A few first: behind them there may be frames of an earlier use, up to the end of the file.
    // After nearly every commit these few are up to the end, and nobody writes meanwhile.
    private boolean load(int frameBytes) throws IOException {
      if (isAtEnd) {
        return false;
      }
      framesAtOnce = Math.min(FrameBuffers.BYTES / frameBytes, 4 * framesAtOnce);
      frames.clear().limit(framesAtOnce * frameBytes);
      isAtEnd = !fill(frames, offset(count));
      chunkFirst = count;
      chunkFrames = frames.position() / frameBytes;
      return chunkFrames > 0;
    }

    int page() {
      return frames.getInt(at);
    }

    int databasePages() {
      return frames.getInt(at + 4);
    }

    int count() {
      return count;
    }

    WalPosition position() {
      return sum.position(use.salt1(), use.salt2(), count);
    }
  }

  @Override
  public void close() throws IOException {
    release();
    FileChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      open.close();
    }
  }
}
