package dev.burgage.node.log;

import dev.burgage.node.files.Durable;
import dev.burgage.node.log.SegmentWriter.Parts;
import dev.burgage.node.threads.Threads;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of one node: every commit of every database, in one file after the other. What is
/// appended while the disk writes the group before becomes the next group: one write and one fsync
/// for all of it. Nothing is durable before its future says so. Thread-safe.
public final class CommitLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitLog.class);

  private final Path folder;
  private final LogSettings settings;
  private final Clock clock;
  private final Predicate<byte[]> kept;
  private final LogTails tails;
  private final LogPosition begun;
  private final SpareSegment spare;
  private final SegmentWriter writer;
  private final AppendQueue queue;
  private final LogDisk disk;
  private final FrameBuffers frameBuffers = new FrameBuffers();
  private final Thread thread;

  private CommitLog(Parts parts, LogSettings settings, Predicate<byte[]> kept) throws IOException {
    this.folder = parts.folder();
    this.settings = settings;
    this.clock = parts.clock();
    this.kept = kept;
    this.tails = parts.tails();
    this.disk = parts.disk();
    LogStart start = LogStart.of(parts, settings);
    this.spare = new SpareSegment(folder, parts.disk(), settings);
    this.begun = new LogPosition(start.segment(), start.end());
    this.writer = new SegmentWriter(parts, start, spare);
    this.queue = new AppendQueue(settings.queuedBytesMax());
    spare.make(start.segment() + 1);
    this.thread = Thread.ofPlatform().name("log-writer").daemon().start(this::run);
  }

  /// Opens the log in a folder, or begins one. The caller makes sure that no other process has it.
  ///
  /// @param kept whether a file with this SHA-256 is kept for as long as the log: a database that
  ///   begins as a copy of it need not have its pages in the log
  /// @throws LogDamagedException if something that was durable is damaged, or it is another node's
  public static CommitLog open(
      Path folder, NodeName node, LogSettings settings, Clock clock, Predicate<byte[]> kept)
      throws IOException {
    return open(folder, node, settings, clock, kept, LogDisk.real());
  }

  /// As the other, where no files are kept.
  public static CommitLog open(Path folder, NodeName node, LogSettings settings, Clock clock)
      throws IOException {
    return open(folder, node, settings, clock, LogDisk.real());
  }

  static CommitLog open(Path folder, NodeName node, LogSettings settings, Clock clock, LogDisk disk)
      throws IOException {
    return open(folder, node, settings, clock, _ -> false, disk);
  }

  private static CommitLog open(
      Path folder,
      NodeName node,
      LogSettings settings,
      Clock clock,
      Predicate<byte[]> kept,
      LogDisk disk)
      throws IOException {
    Files.createDirectories(folder);
    return new CommitLog(new Parts(folder, node, clock, disk, new LogTails()), settings, kept);
  }

  /// By which its records have their times.
  public Clock clock() {
    return clock;
  }

  boolean isKept(byte[] sha256) {
    return kept.test(sha256);
  }

  /// To be called before something is committed that will have to be appended.
  ///
  /// @throws LogFullException if there is no room but what is kept for commits under way
  /// @throws LogFailedException if nothing is appended any more
  public void requireRoom() throws IOException {
    queue.requireOpen();
    long room = writer.remaining() + spare.room();
    if (room < settings.reserveBytes()) {
      throw new LogFullException(
          "the log is full: %s; what is committed already stays readable, writes go on when there"
                  .formatted(String.valueOf(spare.failure()))
              + " is room again");
    }
  }

  /// As [#requireRoom()], for a transaction that may take more than is kept for those under way.
  public void requireRoom(long bytes) throws IOException {
    requireRoom();
    long onDisk = bytes + settings.reserveBytes() - writer.remaining() - spare.room();
    if (onDisk > 0 && onDisk > spare.usableBytes()) {
      throw new LogFullException(
          "a transaction of %d bytes does not fit in the log: it takes %d more of the disk than there are"
              .formatted(bytes, onDisk - spare.usableBytes()));
    }
  }

  /// Whether nothing can be appended any more until the process starts again.
  public boolean hasFailed() {
    return queue.hasFailed();
  }

  /// To be called when the disk has refused something beside the log: looks whether it still takes
  /// a file in the log's folder. If not, nothing is appended any more: a disk that has become
  /// read-only refuses SQLite's files first, and the log would never be asked.
  public synchronized void doubt() {
    try {
      tryDisk();
    } catch (IOException e) {
      if (hasRoom() && !isOutOfDescriptors(e) && !hasFailed()) {
        fail(List.of(), e);
      }
    }
  }

  private void tryDisk() throws IOException {
    Path trial = folder.resolve("trial");
    try (LogDisk.LogFile file = disk.open(trial)) {
      file.write(ByteBuffer.allocate(1), 0);
      file.force();
    }
    Files.deleteIfExists(trial);
  }

  /// Whether this log has failed and its folder takes files: another process could go on with it.
  public synchronized boolean canBeTakenUp() {
    if (!hasFailed()) {
      return false;
    }
    try {
      tryDisk();
      return true;
    } catch (IOException e) {
      LOG.debug("The disk of a failed log is not well yet", e);
      return false;
    }
  }

  // Nor does it say anything of the disk. The words are the operating system's (strerror).
  private static boolean isOutOfDescriptors(IOException e) {
    return e instanceof FileSystemException failure
        && String.valueOf(failure.getReason()).startsWith("Too many open files");
  }

  // A full disk is another matter.
  private boolean hasRoom() {
    try {
      return disk.usableBytes(folder) >= settings.reserveBytes();
    } catch (IOException e) {
      return true;
    }
  }

  /// Appends a record behind the one before of the same database. Returns at once unless the queue
  /// is full.
  Append append(LogRecord record, @Nullable Append before) throws LogFailedException {
    Append append = new Append(record, settings.packing(), before);
    queue.add(append);
    return append;
  }

  /// As [#append], by a thread of this node's own that may wait for the disk. If nobody writes at
  /// the moment it does so itself, which saves a lone commit two changes of threads.
  ///
  /// The thread must be one that is never interrupted: that would close the log's file under all.
  Append appendHere(LogRecord record, @Nullable Append before) throws LogFailedException {
    Append append = new Append(record, settings.packing(), before);
    List<Append> group = queue.addAndTake(append);
    if (!group.isEmpty()) {
      write(group);
    }
    return append;
  }

  private void run() {
    List<Append> group = queue.take();
    while (!group.isEmpty()) {
      write(group);
      group = queue.take();
    }
    queue.written(0, 0);
  }

  private void write(List<Append> group) {
    try {
      writer.write(group);
    } catch (IOException | RuntimeException | Error e) {
      fail(group, e);
    } finally {
      queue.written(group.size(), writer.flushNanos());
    }
  }

  private void fail(List<Append> group, Throwable cause) {
    LOG.error("The log cannot be written; nothing more is acknowledged", cause);
    LogFailedException failure =
        new LogFailedException(
            "the log in %s cannot be written (%s); its node is to start again when the disk is well"
                .formatted(folder, cause.getMessage()),
            cause);
    // Who is told first may append at once, and must be refused by then.
    List<Append> waiting = queue.fail(failure);
    group.forEach(append -> append.fail(failure));
    waiting.forEach(append -> append.fail(failure));
  }

  /// Where the durable records of a database end.
  public @Nullable LogTail find(DatabaseId database) {
    return tails.find(database);
  }

  /// Reads what is durable. To be closed by the caller.
  public LogReader reader() {
    return writer.reader();
  }

  /// Whether the newest record of a database was appended by this process.
  boolean isOwn(LogTail tail) {
    return tail.last().compareTo(begun) >= 0;
  }

  /// Where what is durable ends.
  public LogPosition durableEnd() {
    return writer.durableEnd();
  }

  /// Bytes that the log has from a place to its durable end.
  public long bytesSince(LogPosition position) throws IOException {
    LogPosition end = writer.durableEnd();
    long bytes = end.offset() - (position.segment() == end.segment() ? position.offset() : 0);
    for (Path segment : LogStart.segments(folder)) {
      long number = SegmentHeader.numberOf(segment);
      if (number >= position.segment() && number < end.segment()) {
        bytes += Files.size(segment) - (number == position.segment() ? position.offset() : 0);
      }
    }
    return Math.max(0, bytes);
  }

  /// Into which databases' write-ahead logs are read.
  FrameBuffers frameBuffers() {
    return frameBuffers;
  }

  /// The newest durable record of a database that is no [Kind#PART].
  public @Nullable LogRecord findLast(DatabaseId database) throws IOException {
    LogTail tail = tails.find(database);
    if (tail == null) {
      return null;
    }
    try (LogReader reader = reader()) {
      return reader.record(tail.last());
    }
  }

  /// A segment that has records of a database.
  ///
  /// @param isFull nothing is written to it any more
  /// @param written when it was written last
  public record OfDatabase(String name, long bytes, boolean isFull, Instant written) {}

  /// Segments with records of a database, whatever became of it.
  public List<OfDatabase> segmentsWith(DatabaseId database) throws IOException {
    List<OfDatabase> found = new ArrayList<>();
    long current = writer.segment();
    try (LogReader reader = reader()) {
      for (Path segment : LogStart.segments(folder)) {
        long number = SegmentHeader.numberOf(segment);
        if (number <= current && reader.index(segment, number).offsets(database, 0).length > 0) {
          String name = SegmentHeader.fileName(number);
          found.add(new OfDatabase(name, Files.size(segment), number < current, written(segment)));
        }
      }
    }
    return found;
  }

  private static Instant written(Path segment) throws IOException {
    return Files.getLastModifiedTime(segment).toInstant();
  }

  /// When a database was deleted; null if its newest record says nothing of that, or is gone.
  public @Nullable Instant deletedAt(DatabaseId database) throws IOException {
    LogRecord newest = findLast(database);
    return newest == null || newest.kind() != Kind.DELETED
        ? null
        : Instant.ofEpochSecond(newest.time() >>> Integer.SIZE);
  }

  /// The oldest segment, if the full ones take more than this, or it is older than that.
  ///
  /// @param before a segment with this number or a later one is not meant
  /// @param old when a segment was written last that goes however small the log is
  public @Nullable HeldSegment oldest(long keptBytes, long before, Instant old) throws IOException {
    List<Path> full = full();
    long bytes = 0;
    for (Path segment : full) {
      bytes += Files.size(segment);
    }
    if (full.isEmpty()
        || (bytes <= keptBytes && !written(full.getFirst()).isBefore(old))
        || SegmentHeader.numberOf(full.getFirst()) >= before) {
      return null;
    }
    try (LogReader reader = reader()) {
      return new HeldSegment(SegmentHeader.numberOf(full.getFirst()), holders(reader, full));
    }
  }

  private List<RecordKey> holders(LogReader reader, List<Path> full) throws IOException {
    List<RecordKey> holders = new ArrayList<>();
    for (DatabaseId database : held(reader, full.getFirst())) {
      LogTail tail = tails.find(database);
      LogRecord newest = tail == null ? null : reader.record(tail.last());
      if (newest != null && newest.kind() != Kind.DELETED) {
        holders.add(newest.key());
      }
    }
    return holders;
  }

  private List<DatabaseId> held(LogReader reader, Path segment) throws IOException {
    long number = SegmentHeader.numberOf(segment);
    return reader.index(segment, number).heldBy(number, tails);
  }

  // Without the one that is written and the spare one.
  private List<Path> full() throws IOException {
    long current = writer.segment();
    List<Path> full = new ArrayList<>();
    for (Path segment : LogStart.segments(folder)) {
      if (SegmentHeader.numberOf(segment) < current) {
        full.add(segment);
      }
    }
    return full;
  }

  /// Removes the oldest segment.
  ///
  /// @return false if it is not the oldest, or a database needs it
  public boolean remove(long number) throws IOException {
    List<Path> full = full();
    if (full.isEmpty() || SegmentHeader.numberOf(full.getFirst()) != number) {
      return false;
    }
    try (LogReader reader = reader()) {
      if (!holders(reader, full).isEmpty()) {
        return false;
      }
      held(reader, full.getFirst()).forEach(tails::remove); // the deleted ones
    }
    Files.delete(full.getFirst());
    Files.deleteIfExists(SegmentIndex.file(full.getFirst()));
    Durable.syncFolder(folder);
    return true;
  }

  /// Groups that were written, each with one fsync.
  public long groupCount() {
    return writer.groupCount();
  }

  /// Records that were appended.
  public long recordCount() {
    return writer.recordCount();
  }

  /// Bytes that were appended, marks of groups among them.
  public long byteCount() {
    return writer.byteCount();
  }

  /// Databases that have records.
  public int databaseCount() {
    return tails.size();
  }

  /// Writes what is queued, then ends.
  @Override
  public void close() throws IOException {
    queue.close();
    Threads.join(thread);
    spare.close();
    writer.close();
  }
}
