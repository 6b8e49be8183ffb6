package dev.burgage.node.log;

import dev.burgage.node.files.Durable;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One database's way into the log: takes what its WAL has that the log does not. Used by the
/// thread that has the database's writer, after each commit and around each checkpoint; the
/// package's DESIGN.md has the order of calls.
public final class DatabaseLog implements AutoCloseable {
  private final CommitLog log;
  private final DatabaseId database;
  private final long generation;
  private final Path file;
  private final Clock clock;
  private final WalFile wal;
  private @Nullable LogRecord last;
  private @Nullable Append append;
  private boolean writesHere;

  private DatabaseLog(CommitLog log, DatabaseId database, long generation, Path file)
      throws IOException {
    this.log = log;
    this.database = database;
    this.generation = generation;
    this.file = file;
    this.clock = log.clock();
    this.wal = new WalFile(file, log.frameBuffers());
    this.last = log.findLast(database);
  }

  /// How the database's files are to the log.
  public enum State {
    /// The log does not have the database: it is to be begun.
    NEW,
    /// The files have all that the log has.
    CURRENT,
    /// The files lack something that was acknowledged: they are to be rolled forward.
    BEHIND
  }

  /// Before SQLite opens the database, and after all that was appended for it is durable.
  ///
  /// @throws LogDamagedException if the log has it under a newer generation
  public static DatabaseLog open(CommitLog log, DatabaseId database, long generation, Path file)
      throws IOException {
    DatabaseLog opened = new DatabaseLog(log, database, generation, file);
    LogRecord last = opened.last;
    if (last != null) {
      opened.requireOwn(last);
    }
    return opened;
  }

  private void requireOwn(LogRecord newest) throws LogDamagedException {
    if (newest.key().generation() > generation) {
      throw new LogDamagedException(
          "database %s is served under generation %d by now; this is generation %d"
              .formatted(database, newest.key().generation(), generation));
    }
  }

  /// Records that a database is no more; waits until that is on the disk. Nothing happens if the
  /// log does not know it, or knows it under a newer generation. Only when it is closed.
  public static void delete(CommitLog log, DatabaseId database, long generation, Path file)
      throws IOException {
    if (log.find(database) == null) {
      return;
    }
    try (DatabaseLog opened = new DatabaseLog(log, database, generation, file)) {
      LogRecord last = opened.known();
      if (last.kind() != Kind.DELETED && last.key().generation() <= generation) {
        opened.delete().durable().join();
      }
    }
  }

  /// Goes on in this log with a database whose past is in others: the first record here is the next
  /// transaction, chained to the newest one there. Its file, which has all of that, gets its name
  /// when this is durable, so no file is ever met that the log does not know.
  ///
  /// @param newest the record that ends the newest transaction of the others
  /// @throws LogDamagedException if that was served under a newer generation
  public static Recorded goOn(
      CommitLog log, DatabaseId database, long generation, Path file, LogRecord newest)
      throws IOException {
    try (DatabaseLog opened = open(log, database, generation, file)) {
      if (opened.last != null) {
        throw new IllegalStateException("the log has database %s already".formatted(database));
      }
      opened.last = newest;
      opened.requireOwn(newest);
      Pages none = Pages.none(opened.pageSize(), opened.databasePages());
      opened.append(Kind.ATTACHED, opened.nextKey(), none, WalPosition.NONE);
      return opened.checkpointed(WalPosition.NONE);
    }
  }

  /// A lost file was made again, with all that the log knows of; it gets its name when this is
  /// durable.
  public static Recorded remade(CommitLog log, DatabaseId database, long generation, Path file)
      throws IOException {
    try (DatabaseLog opened = open(log, database, generation, file)) {
      return opened.checkpointed(WalPosition.NONE);
    }
  }

  public State state() throws IOException {
    LogRecord known = last;
    if (known == null || known.kind() == Kind.DELETED) {
      return State.NEW;
    }
    boolean inFile =
        switch (known.kind()) {
          case CHECKPOINT, BASE, BASE_FILE -> true;
          case COMMIT, ATTACHED, DELETED, PART, SYNCED -> false;
        };
    if (inFile && !wal.isOf(known.wal())) {
      return State.CURRENT;
    }
    return hasWal(known) ? State.CURRENT : State.BEHIND;
  }

  // Since this process has recorded it no crash can have taken anything of it.
  private boolean hasWal(LogRecord known) throws IOException {
    LogTail tail = log.find(database);
    boolean isOwn = tail != null && log.isOwn(tail);
    return isOwn ? wal.reaches(known.wal()) : wal.holds(known.wal());
  }

  /// Begins the log of a database with what its file holds: as a name if that is a file which is
  /// kept anyway, a template, else with all its pages. SQLite does not have the database open.
  public Recorded begin() throws IOException {
    return begin(/* mayBeKept= */ true);
  }

  /// As [#begin()], of a file with all its pages, without a look whether it is one that is kept.
  public Recorded beginWithPages() throws IOException {
    return begin(/* mayBeKept= */ false);
  }

  private Recorded begin(boolean mayBeKept) throws IOException {
    LogRecord before = last;
    if (before != null && before.kind() != Kind.DELETED) {
      throw new IllegalStateException("the log has database %s already".formatted(database));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int pageSize = DatabaseHeader.pageSize(channel);
      int databasePages = Math.toIntExact(channel.size() / pageSize);
      byte[] sha256 = mayBeKept ? Replay.sha256(channel) : new byte[0];
      if (mayBeKept && log.isKept(sha256)) {
        Pages named = new Pages(pageSize, databasePages, new int[0], sha256);
        return append(Kind.BASE_FILE, nextKey(), named, WalPosition.NONE);
      }
      int[] all = IntStream.rangeClosed(1, databasePages).toArray();
      return appendAll(
          Kind.BASE,
          new Pages(pageSize, databasePages, all, new byte[0]),
          WalPosition.NONE,
          (from, _, into) -> read(channel, into, (long) from * pageSize));
    }
  }

  private static void read(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw new IOException("the file became shorter while it was read");
      }
      at += read;
    }
  }

  /// What was recorded.
  ///
  /// @param bookmark of the newest state
  /// @param transactions that the log did not have before
  /// @param frames of the WAL that are not in the database's file
  /// @param durable done when it may be acknowledged; fails with [LogFullException] or
  ///   [LogFailedException]
  public record Recorded(
      Bookmark bookmark, int transactions, int frames, CompletableFuture<?> durable) {
    /// The same with another future.
    public Recorded with(CompletableFuture<?> durable) {
      return new Recorded(bookmark, transactions, frames, durable);
    }
  }

  /// As [#record], by a thread of this node's own that may wait for the disk and is never
  /// interrupted: it writes the log itself if nobody else does at the moment.
  public Recorded recordHere() throws IOException {
    writesHere = true;
    try {
      return record();
    } finally {
      writesHere = false;
    }
  }

  /// Takes all that was committed since the last time.
  ///
  /// @throws LogDamagedException if SQLite has begun the WAL anew without [#checkpointed] before
  public Recorded record() throws IOException {
    try {
      return recordNews(known());
    } finally {
      wal.release();
    }
  }

  private Recorded recordNews(LogRecord before) throws IOException {
    WalFile.News news = wal.read(before.wal());
    if (news.restarted() && !news.commits().isEmpty() && before.kind() == Kind.COMMIT) {
      throw new LogDamagedException(
          "the WAL of database %s was begun anew while the log was not told; close the database"
                  .formatted(database)
              + " and roll it forward");
    }
    if (before.key().generation() < generation && !news.commits().isEmpty()) {
      append(Kind.ATTACHED, nextKey(), Pages.none(pageSize(), databasePages()), before.wal());
    }
    for (WalCommit commit : news.commits()) {
      record(commit);
    }
    return recorded(news.commits().size());
  }

  private void record(WalCommit commit) throws IOException {
    Pages changed = new Pages(wal.pageSize(), commit.databasePages(), commit.pages(), new byte[0]);
    appendAll(
        Kind.COMMIT,
        changed,
        commit.end(),
        oneByOne(changed.size(), (index, into) -> wal.readPage(commit.frames()[index], into)));
  }

  @FunctionalInterface
  private interface Images {
    /// @param from index of the first page
    /// @param into has room for all of them
    void read(int from, int count, ByteBuffer into) throws IOException;
  }

  @FunctionalInterface
  private interface Image {
    void read(int index, ByteBuffer into) throws IOException;
  }

  private static Images oneByOne(int pageSize, Image image) {
    return (from, count, into) -> {
      for (int i = 0; i < count; i++) {
        into.limit((i + 1) * pageSize);
        image.read(from + i, into);
      }
    };
  }

  // As many records as the images need; the last one ends the transaction.
  private Recorded appendAll(Kind kind, Pages changed, WalPosition end, Images images)
      throws IOException {
    int perRecord = RecordFormat.IMAGE_BYTES_MAX / changed.size();
    RecordKey key = nextKey();
    int from = 0;
    while (true) {
      int count = Math.min(perRecord, changed.count() - from);
      byte[] bytes = new byte[count * changed.size()];
      images.read(from, count, ByteBuffer.wrap(bytes));
      int[] numbers = Arrays.copyOfRange(changed.numbers(), from, from + count);
      Pages pages = new Pages(changed.size(), changed.databasePages(), numbers, bytes);
      from += count;
      if (from == changed.count()) {
        return append(kind, key, pages, end);
      }
      append(Kind.PART, key, pages, end);
      key = key.nextPart();
    }
  }

  private Recorded append(Kind kind, RecordKey key, Pages pages, WalPosition position)
      throws LogFailedException {
    LogRecord before = last;
    long time = before == null ? now() : timeAfter(kind, before);
    ChainHash hash = before == null ? ChainHash.NONE : before.hash();
    LogRecord unchained = new LogRecord(kind, key, time, pages, position, hash);
    LogRecord record = kind.isChained() ? LogRecord.chained(unchained, hash) : unchained;
    boolean isHere = writesHere && kind.endsTransaction();
    append = isHere ? log.appendHere(record, append) : log.append(record, append);
    last = record;
    return recorded(kind.endsTransaction() ? 1 : 0);
  }

  // No two commits of a database have the same time; a checkpoint is no commit.
  private long timeAfter(Kind kind, LogRecord before) {
    return kind.isChained() ? Math.max(before.time() + 1, now()) : before.time();
  }

  private Recorded recorded(int transactions) {
    Append newest = append;
    CompletableFuture<?> durable =
        newest == null ? CompletableFuture.completedFuture(null) : newest.durable();
    LogRecord known = known();
    return new Recorded(known.bookmark(), transactions, frames(known), durable);
  }

  private static int frames(LogRecord newest) {
    return switch (newest.kind()) {
      case COMMIT, ATTACHED -> newest.wal().frames();
      case CHECKPOINT, BASE, BASE_FILE, DELETED, PART, SYNCED -> 0;
    };
  }

  private RecordKey nextKey() {
    LogRecord before = last;
    long transaction = before == null ? 1 : before.key().transaction() + 1;
    return new RecordKey(database, generation, transaction, 0);
  }

  private LogRecord known() {
    LogRecord known = last;
    if (known == null) {
      throw new IllegalStateException("the log of database %s is not begun".formatted(database));
    }
    return known;
  }

  private int pageSize() {
    return known().pages().size();
  }

  private int databasePages() {
    return known().pages().databasePages();
  }

  // Seconds and their fraction.
  private long now() {
    Instant now = clock.instant();
    return now.getEpochSecond() << Integer.SIZE
        | ((long) now.getNano() << Integer.SIZE) / 1_000_000_000L;
  }

  /// Records as one commit that the database is from now on what another file holds. What is in its
  /// own file stays as it is until [#rollForward]; a process that dies before leaves a database
  /// that is behind. Only after [#settle], while SQLite does not have the database open.
  ///
  /// @param difference between the database's file and the other one
  public Recorded become(PageDifference difference) throws IOException {
    LogRecord before = known();
    if (difference.pageSize() != pageSize()) {
      throw new IllegalArgumentException(
          "pages of %d bytes cannot take the place of pages of %d bytes"
              .formatted(difference.pageSize(), pageSize()));
    }
    if (before.key().generation() < generation) {
      append(Kind.ATTACHED, nextKey(), Pages.none(pageSize(), databasePages()), before.wal());
    }
    Pages changed =
        new Pages(
            difference.pageSize(), difference.databasePages(), difference.numbers(), new byte[0]);
    try (PageDifference.Images images = difference.open()) {
      return appendAll(
          Kind.COMMIT, changed, WalPosition.NONE, oneByOne(changed.size(), images::read));
    }
  }

  /// SQLite has moved all of the WAL into the database's file and synced that. All of the WAL was
  /// recorded and durable before.
  public Recorded checkpointed() throws IOException {
    return checkpointed(known().wal());
  }

  private Recorded checkpointed(WalPosition wal) throws IOException {
    RecordKey key = new RecordKey(database, generation, known().key().transaction(), 0);
    return append(Kind.CHECKPOINT, key, Pages.none(pageSize(), databasePages()), wal);
  }

  /// The database is no more; its file is to be deleted when this is durable.
  private Recorded delete() throws IOException {
    return append(Kind.DELETED, nextKey(), Pages.none(pageSize(), databasePages()), known().wal());
  }

  /// Makes the file from what it has and the log; what the WAL has and the log lacks was never
  /// acknowledged and is dropped. SQLite does not have the database open.
  ///
  /// @throws LogDamagedException if the log does not have all that may be missing
  public Recorded rollForward() throws IOException {
    LogTail tail = log.find(database);
    if (tail == null || tail.replayFrom() == 0) {
      throw new LogDamagedException(
          "the log does not say what is in the file of database %s".formatted(database));
    }
    wal.close();
    for (String suffix : List.of("-wal", "-shm")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
    Durable.syncFolder(folder());
    try (LogReader reader = log.reader()) {
      new Replay(reader, database).onto(file, tail.replayFrom(), Long.MAX_VALUE);
    }
    return checkpointed(WalPosition.NONE);
  }

  /// Sees to it that nothing of this database before now is needed of the log: all of it is in the
  /// database's file, and the log says so anew. SQLite does not have the database open. Blocks.
  public Recorded settle() throws IOException {
    State state = state();
    if (state == State.NEW) {
      throw new IllegalStateException("the log does not have database %s".formatted(database));
    }
    if (state == State.CURRENT) {
      record().durable().join(); // what a killed process left
    }
    return state == State.BEHIND || frames(known()) > 0 ? rollForward() : checkpointed();
  }

  private Path folder() {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalStateException("not a file in a folder: " + file);
    }
    return folder;
  }

  /// The bookmark of the newest state that was recorded.
  public Bookmark bookmark() {
    return known().bookmark();
  }

  /// Only when all that was recorded is durable.
  @Override
  public void close() throws IOException {
    wal.close();
  }
}
