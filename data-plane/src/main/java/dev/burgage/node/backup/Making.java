package dev.burgage.node.backup;

import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of what is not finished, one folder for each. The name of one whose upload has begun
/// says which objects it may have left in the store, also to the next process. Thread-safe.
final class Making {
  private static final Logger LOG = LoggerFactory.getLogger(Making.class);
  private static final String SEPARATOR = "_";

  private final Path folder;
  private final Set<Path> active = ConcurrentHashMap.newKeySet();

  /// @param folder in which everything is what a process that died has left
  Making(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    for (Path left : list(folder)) {
      clear(left);
      if (uploaded(left) == null) {
        Files.delete(left);
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(found::add);
    }
    return found;
  }

  private static void clear(Path place) throws IOException {
    for (Path file : list(place)) {
      Files.deleteIfExists(file);
    }
  }

  private record Uploaded(DatabaseId database, BackupName name) {}

  private static @Nullable Uploaded uploaded(Path place) {
    String[] names = place.getFileName().toString().split(SEPARATOR, 2);
    BackupName name = names.length < 2 ? null : BackupName.parse(names[1]);
    return name == null ? null : new Uploaded(DatabaseId.parse(names[0]), name);
  }

  Place begin(DatabaseId database, UUID id) throws IOException {
    return new Place(database, Files.createDirectory(folder.resolve(database + SEPARATOR + id)));
  }

  /// Deletes objects of uploads that came to no end.
  void tidy(BackupObjects objects) throws IOException {
    for (Path left : list(folder)) {
      Uploaded uploaded = uploaded(left);
      if (uploaded == null || active.contains(left)) {
        continue;
      }
      try {
        objects.read(uploaded.database(), uploaded.name()); // it had come to its end
      } catch (ObjectDamagedException e) {
        LOG.warn("What was whole when it was made is damaged: {}", e.getMessage());
      } catch (StoreException e) {
        if (!e.isNotFound()) {
          throw e;
        }
        objects.delete(uploaded.database(), uploaded.name());
      }
      clear(left);
      Files.deleteIfExists(left);
    }
  }

  /// A folder for one piece of work.
  final class Place implements AutoCloseable {
    private final DatabaseId database;
    private Path path;
    private boolean mayHaveObjects;

    private Place(DatabaseId database, Path path) {
      this.database = database;
      this.path = path;
      active.add(path);
    }

    Path file(String name) {
      return path.resolve(name);
    }

    void remove(String name) throws IOException {
      for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(path.resolve(name + suffix));
      }
    }

    /// From now on there may be objects of this name.
    ///
    /// @return where the folder's files are now
    Path name(BackupName name) throws IOException {
      Path named = folder.resolve(database + SEPARATOR + name);
      active.add(named);
      Files.move(path, named, StandardCopyOption.ATOMIC_MOVE);
      active.remove(path);
      path = named;
      mayHaveObjects = true;
      return named;
    }

    /// The objects are all there.
    void done() {
      mayHaveObjects = false;
    }

    @Override
    public void close() {
      try {
        clear(path);
        if (!mayHaveObjects) {
          Files.deleteIfExists(path);
        }
      } catch (IOException e) {
        LOG.warn("{} is left behind until the next start", path, e);
      } finally {
        active.remove(path);
      }
    }
  }
}
