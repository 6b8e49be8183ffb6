package dev.burgage.node.files;

import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The database files of one node: `databases/<first byte>/<uuid>-<generation>.db`. Each generation
/// of a database has a name of its own, so that no file ever meets the `-wal` of another.
/// Thread-safe.
public final class DatabaseFiles {
  private static final Pattern NAME = Pattern.compile("([0-9a-f-]{36})-([0-9]{1,18})\\.db");
  private static final List<String> SUFFIXES = List.of("-wal", "-shm", "-journal", "");

  private final Path databases;
  private final Path temporary;
  private final Path trash;
  private final Clock clock;
  private final SpareCopies copies;
  private final ReentrantLock placing = new ReentrantLock();
  private final Set<Path> shards = ConcurrentHashMap.newKeySet();

  /// @param data the node's data folder
  /// @param background where files are made for later
  public DatabaseFiles(Path data, Clock clock, Executor background) throws IOException {
    this.databases = Files.createDirectories(data.resolve("databases"));
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.trash = Files.createDirectories(data.resolve("trash"));
    this.clock = clock;
    this.copies = new SpareCopies(temporary, background);
    removeTemporary();
  }

  // What a process that was killed left half-made.
  private void removeTemporary() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  public Path path(DatabaseId database, long generation) {
    if (generation < 1) {
      throw new IllegalArgumentException("generation must be at least 1; got " + generation);
    }
    return shard(database).resolve(database + "-" + generation + ".db");
  }

  private Path shard(DatabaseId database) {
    return databases.resolve(database.toString().substring(0, 2));
  }

  /// Makes the database's file by copying a template; a file that is there is left as it is. It is
  /// on the disk when this returns, whoever made it.
  public void create(DatabaseId database, long generation, Path template) throws IOException {
    Path file = path(database, generation);
    Path shard = shard(database);
    if (!Files.exists(file)) {
      makeShard(shard);
      place(copies.take(template), file);
    }
    Durable.syncFolder(shard);
  }

  /// Gives a file that was made elsewhere on the same disk, and is on it, the database's name; a
  /// file that is there is left as it is, and the made one is deleted.
  public void adopt(DatabaseId database, long generation, Path made) throws IOException {
    Path shard = shard(database);
    makeShard(shard);
    place(made, path(database, generation));
    Durable.syncFolder(shard);
  }

  /// Removes what is left beside a file that was lost: it would be taken for the new one's. Only
  /// when the database is closed and its file is not there.
  public void removeLeftovers(DatabaseId database, long generation) throws IOException {
    Path file = path(database, generation);
    for (String suffix : SUFFIXES) {
      if (!suffix.isEmpty()) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
      }
    }
  }

  private void makeShard(Path shard) throws IOException {
    if (!shards.contains(shard)) {
      Files.createDirectories(shard);
      Durable.syncFolder(databases);
      shards.add(shard);
    }
  }

  // A rename takes the place of what is there. Of two equal orders at the same time the later one
  // could so take the file away that the earlier has made, and a tenant writes to by now.
  private void place(Path copy, Path file) throws IOException {
    // Its age as a database begins now, however long it lay there.
    Files.setLastModifiedTime(copy, FileTime.from(clock.instant()));
    placing.lock();
    try {
      if (!Files.exists(file)) {
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
    } finally {
      placing.unlock();
    }
    Files.delete(copy);
  }

  /// When the database was last used as its file knows it, in milliseconds since 1970; 0 if there
  /// is no file.
  public long lastUsedMillis(DatabaseId database, long generation) {
    return path(database, generation).toFile().lastModified();
  }

  /// By the file's path, also while SQLite has it open: [Files#setLastModifiedTime] opens the file,
  /// and closing that descriptor would drop SQLite's locks.
  ///
  /// @return false if there is no file
  public boolean setLastUsed(DatabaseId database, long generation, long millis) {
    return path(database, generation).toFile().setLastModified(millis);
  }

  /// Removes the database's files for good; nothing happens if there are none. Only when it is
  /// closed.
  public void delete(DatabaseId database, long generation) throws IOException {
    Path file = path(database, generation);
    boolean deleted = false;
    for (String suffix : SUFFIXES) {
      deleted |= Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
    if (deleted) {
      Durable.syncFolder(shard(database));
    }
  }

  /// Moves the database's files aside, where [#emptyTrash] finds them later. Only when it is
  /// closed.
  public void moveToTrash(DatabaseId database, long generation) throws IOException {
    Path file = path(database, generation);
    for (String suffix : SUFFIXES) {
      Path from = file.resolveSibling(file.getFileName() + suffix);
      Path to = trash.resolve(from.getFileName());
      try {
        Files.setLastModifiedTime(from, FileTime.from(clock.instant()));
        Durable.move(from, trash, to);
      } catch (NoSuchFileException e) {
        // Not every database has all of these files, and a repeated order finds none.
      }
    }
  }

  /// Deletes what has been in the trash for longer than the retention.
  ///
  /// @return files deleted
  public int emptyTrash(Duration retention) throws IOException {
    FileTime oldest = FileTime.from(clock.instant().minus(retention));
    int deleted = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(trash)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(oldest) < 0 && Files.deleteIfExists(file)) {
          deleted++;
        }
      }
    }
    return deleted;
  }

  /// A database file on the disk.
  public record Found(DatabaseId database, long generation, Duration age) {}

  /// Whole shards of database files, in the order of their names, after the shard of a database.
  ///
  /// @param after null for the first page
  /// @param limit files after which no further shard is added
  public List<Found> list(@Nullable DatabaseId after, int limit) throws IOException {
    String afterShard = after == null ? "" : after.toString().substring(0, 2);
    List<Found> found = new ArrayList<>();
    for (String shard : shardNames()) {
      if (shard.compareTo(afterShard) > 0 && found.size() < limit) {
        addShard(databases.resolve(shard), found);
      }
    }
    return found;
  }

  private List<String> shardNames() throws IOException {
    Set<String> names = new HashSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(databases)) {
      folders.forEach(folder -> names.add(folder.getFileName().toString()));
    }
    return names.stream().sorted().toList();
  }

  private void addShard(Path shard, List<Found> found) throws IOException {
    List<Found> own = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard, "*.db")) {
      for (Path file : files) {
        Found one = found(file);
        if (one != null) {
          own.add(one);
        }
      }
    }
    own.sort((a, b) -> a.database().compareTo(b.database()));
    found.addAll(own);
  }

  private @Nullable Found found(Path file) throws IOException {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return null;
    }
    try {
      Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), clock.instant());
      return new Found(DatabaseId.parse(name.group(1)), Long.parseLong(name.group(2)), age);
    } catch (NoSuchFileException e) {
      return null; // deleted meanwhile
    }
  }
}
