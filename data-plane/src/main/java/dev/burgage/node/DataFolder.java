package dev.burgage.node;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A node's data folder, held by one process at a time.
final class DataFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private DataFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// @throws IllegalStateException if another node has the folder
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
    return new DataFolder(path, channel);
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
