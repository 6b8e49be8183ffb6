package dev.burgage.node;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node's data folder, held by one process at a time.
final class DataFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private DataFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// @throws IllegalStateException if another node has the folder, or its log is gone
  static DataFolder take(Path path) throws IOException {
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(
            path.resolve("node.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new IllegalStateException(
          "another node uses the folder %s; stop it or set BURGAGE_DATA to another folder"
              .formatted(path));
    }
    DataFolder folder = new DataFolder(path, channel);
    if (folder.lacksLog()) {
      channel.close();
      throw new IllegalStateException(
          "the folder %s has databases and no commit log: what was only in the log is missing in them."
                  .formatted(path)
              + " Bring back its folder log, or empty the whole folder: the node gets its databases"
              + " from its store then");
    }
    return folder;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path path() {
    return path;
  }

  Path log() {
    return path.resolve("log");
  }

  // Nothing else can tell what the log had.
  private boolean lacksLog() throws IOException {
    return !has(log(), "*.log", 1) && has(path.resolve("databases"), "*.db", 2);
  }

  private static boolean has(Path folder, String names, int depth) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    PathMatcher wanted = folder.getFileSystem().getPathMatcher("glob:" + names);
    BiPredicate<Path, BasicFileAttributes> isWanted =
        (file, _) -> wanted.matches(Objects.requireNonNull(file.getFileName()));
    try (Stream<Path> found = Files.find(folder, depth, isWanted)) {
      return found.findAny().isPresent();
    }
  }

  /// For SQLite's temporary files. Nothing is moved from here, so it may be a volume of its own.
  Path spill() throws IOException {
    return Files.createDirectories(path.resolve("spill"));
  }

  /// Says who serves from here: `node.json`.
  void announce(URI url) throws IOException {
    Path next = path.resolve("node.json.next");
    Files.writeString(
        next, "{\"pid\":%d,\"url\":\"%s\"}%n".formatted(ProcessHandle.current().pid(), url));
    Files.move(
        next,
        path.resolve("node.json"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path.resolve("node.json"));
    lock.close();
  }
}
