package dev.burgage.node.history;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Files of past states, `past/<random>/past.db`: made when somebody asks, once for all who ask,
/// kept for a while, those longest unused deleted first. Nothing of it outlives the process.
/// Thread-safe.
public final class Pasts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pasts.class);

  private final Path folder;
  private final Archive archive;
  private final EngineSettings engine;
  private final PastSettings settings;
  private final Executor workers;
  // In the order of use, the one longest unused first.
  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  private record Key(DatabaseId database, Bookmark bookmark) {}

  /// One state; guarded by the lock of all.
  private static final class Entry {
    private final Path folder;
    private final CompletableFuture<SqliteDatabase> made = new CompletableFuture<>();
    private long bytes;
    private int users;
    private long lastUsedNanos = System.nanoTime();

    Entry(Path folder, long bytes) {
      this.folder = folder;
      this.bytes = bytes;
    }

    Path file() {
      return folder.resolve("past.db");
    }

    boolean isUnused() {
      return users == 0 && made.isDone();
    }
  }

  /// @param data the node's data folder
  /// @param workers make the files, with a bounded queue
  public Pasts(
      Path data, Archive archive, EngineSettings engine, PastSettings settings, Executor workers)
      throws IOException {
    this.folder = Files.createDirectories(data.resolve("past"));
    this.archive = archive;
    this.engine = engine.forScratch();
    this.settings = settings;
    this.workers = workers;
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
      for (Path one : left) {
        delete(one);
      }
    }
  }

  /// The state as of a commit; to be given back.
  ///
  /// @param bytes that its file has about
  /// @param wait for one that is made first
  /// @throws BurgageException as [Archive#make], and `not_ready` if making it takes longer,
  ///   `overloaded` if too much is being made, `storage_full`
  Past borrow(
      DatabaseIdentity identity, Limits limits, Bookmark bookmark, long bytes, Duration wait) {
    Key key = new Key(identity.database(), bookmark);
    Entry entry = entry(key, identity, limits, bytes);
    try {
      SqliteDatabase database = await(entry, bookmark, wait);
      database.setLimits(limits);
      return new Past(bookmark, entry.file(), database, () -> release(entry));
    } catch (RuntimeException e) {
      release(entry);
      throw e;
    }
  }

  private synchronized Entry entry(Key key, DatabaseIdentity identity, Limits limits, long bytes) {
    Entry known = entries.get(key);
    if (known != null) {
      known.users++;
      return known;
    }
    requireRoom(bytes);
    Entry entry = new Entry(folder.resolve(UUID.randomUUID().toString()), bytes);
    try {
      workers.execute(() -> make(key, entry, identity, limits));
    } catch (RejectedExecutionException e) {
      throw new BurgageException(
          ErrorCode.OVERLOADED, "The node makes too many past states already; try again.", e);
    }
    entries.put(key, entry);
    entry.users++;
    return entry;
  }

  private void requireRoom(long bytes) {
    long free = folder.toFile().getUsableSpace();
    if (bytes > settings.bytesMax() || free < bytes + settings.diskReserveBytes()) {
      throw new BurgageException(
          ErrorCode.STORAGE_FULL,
          "A past state of about %d bytes does not fit: the node keeps %d bytes of them, and its disk has %d free"
              .formatted(bytes, settings.bytesMax(), free));
    }
    evict(settings.bytesMax() - bytes);
  }

  private void make(Key key, Entry entry, DatabaseIdentity identity, Limits limits) {
    try {
      Files.createDirectories(entry.folder);
      archive.makeScratch(key.database(), key.bookmark(), entry.file());
      SqliteDatabase database = new SqliteDatabase(entry.file(), identity, limits, engine);
      synchronized (this) {
        entry.bytes = Files.size(entry.file());
        entry.lastUsedNanos = System.nanoTime();
        entry.made.complete(database);
      }
    } catch (IOException | RuntimeException e) {
      synchronized (this) {
        entries.remove(key, entry);
      }
      deleteQuietly(entry.folder);
      entry.made.completeExceptionally(e instanceof IOException io ? Archive.failure(io) : e);
    }
  }

  private static SqliteDatabase await(Entry entry, Bookmark bookmark, Duration wait) {
    try {
      return entry.made.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady(bookmark, e);
    } catch (TimeoutException e) {
      throw notReady(bookmark, e);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case BurgageException known -> new BurgageException(known.code(), known.detail(), known);
        case RuntimeException failure -> failure;
        case null, default -> new IllegalStateException(e);
      };
    }
  }

  private static BurgageException notReady(Bookmark bookmark, Exception why) {
    return new BurgageException(
        ErrorCode.NOT_READY,
        "The database as of %s is still being made; try again.".formatted(bookmark),
        why);
  }

  private synchronized void release(Entry entry) {
    entry.users--;
    entry.lastUsedNanos = System.nanoTime();
  }

  /// Deletes what nobody has used for long.
  public synchronized void deleteOld() {
    long before = System.nanoTime() - settings.kept().toNanos();
    Iterator<Entry> all = entries.values().iterator();
    while (all.hasNext()) {
      Entry entry = all.next();
      if (entry.isUnused() && entry.lastUsedNanos - before < 0) {
        all.remove();
        close(entry);
      }
    }
    evict(settings.bytesMax());
  }

  // Whoever calls it has the lock.
  private void evict(long bytesMax) {
    long bytes = entries.values().stream().mapToLong(entry -> entry.bytes).sum();
    Iterator<Entry> oldest = entries.values().iterator();
    while (bytes > bytesMax && oldest.hasNext()) {
      Entry entry = oldest.next();
      if (entry.isUnused()) {
        oldest.remove();
        bytes -= entry.bytes;
        close(entry);
      }
    }
  }

  /// Deletes all states of a database that goes.
  ///
  /// @return false if some are still in use
  public synchronized boolean delete(DatabaseId database) {
    boolean all = true;
    for (Key key : List.copyOf(entries.keySet())) {
      if (key.database().equals(database)) {
        Entry entry = entries.get(key);
        if (entry != null && entry.isUnused()) {
          entries.remove(key);
          close(entry);
        } else {
          all = false;
        }
      }
    }
    return all;
  }

  private static void close(Entry entry) {
    if (!entry.made.isCompletedExceptionally()) {
      entry.made.join().close();
    }
    deleteQuietly(entry.folder);
  }

  /// Bytes of all that is there.
  public synchronized long bytes() {
    return entries.values().stream().mapToLong(entry -> entry.bytes).sum();
  }

  private static void deleteQuietly(Path of) {
    try {
      delete(of);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} stays until the next start", of, e);
    }
  }

  private static void delete(Path of) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(of)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(of)) {
        all.forEach(files::add);
      }
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(of);
  }

  /// When nobody uses any of them any more.
  @Override
  public synchronized void close() {
    entries.values().stream().filter(Entry::isUnused).toList().forEach(Pasts::close);
    entries.clear();
  }
}
