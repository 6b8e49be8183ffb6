package dev.burgage.node.store;

import dev.burgage.node.files.Durable;
import dev.burgage.node.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A folder of plain files as an object store: the default on one machine, or a volume that nodes
/// share. Each object is on the disk when its call returns. Thread-safe, for several processes too.
public final class FolderStore implements ObjectStore {
  private static final int FOLDER_LOST_MAX = 5;

  private final Path root;
  private final Path half;

  /// @param root made if it is not there. What a killed process left half-written in its folder
  ///   `.half` may be deleted by hand.
  public FolderStore(Path root) throws IOException {
    this.root = Files.createDirectories(root);
    this.half = Files.createDirectories(root.resolve(".half"));
    Durable.syncFolder(root);
  }

  @Override
  public void put(String key, byte[] content) throws StoreException {
    Path target = path(key);
    withHalf(
        key,
        content,
        temporary -> {
          Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
          return true;
        });
  }

  @Override
  public boolean putIfAbsent(String key, byte[] content) throws StoreException {
    Path target = path(key);
    if (isThere(key, target)) {
      return false;
    }
    return withHalf(
        key,
        content,
        temporary -> {
          try {
            // A rename takes the place of what is there; a second name does not.
            Files.createLink(target, temporary);
            return true;
          } catch (FileAlreadyExistsException e) {
            return false;
          }
        });
  }

  // Whoever wrote it may have died before it was on the disk.
  private boolean isThere(String key, Path target) throws StoreException {
    try {
      boolean isThere = Files.exists(target);
      if (isThere) {
        Durable.syncFolder(folder(target));
      }
      return isThere;
    } catch (IOException e) {
      throw failed(key, e);
    }
  }

  private Path path(String key) {
    return root.resolve(ObjectKeys.check(key));
  }

  @FunctionalInterface
  private interface Placing {
    boolean place(Path temporary) throws IOException;
  }

  private boolean withHalf(String key, byte[] content, Placing placing) throws StoreException {
    Path temporary = half.resolve(UUID.randomUUID().toString());
    try {
      write(temporary, content);
      boolean placed = place(path(key), temporary, placing);
      Files.deleteIfExists(temporary);
      return placed;
    } catch (IOException e) {
      throw failed(key, e);
    } finally {
      temporary.toFile().delete(); // a full disk must not keep halves
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(/* metaData= */ true);
    }
  }

  // A deletion elsewhere may take the folder away again while it is empty. New folders are synced
  // when all is there: a journal takes them in one go then.
  private boolean place(Path target, Path temporary, Placing placing) throws IOException {
    Path folder = folder(target);
    for (int attempt = 1; ; attempt++) {
      Path known = makeFolder(folder);
      try {
        boolean placed = placing.place(temporary);
        for (Path synced = folder; ; synced = folder(synced)) {
          Durable.syncFolder(synced);
          if (synced.equals(known)) {
            return placed;
          }
        }
      } catch (NoSuchFileException e) {
        if (attempt == FOLDER_LOST_MAX) {
          throw e;
        }
      }
    }
  }

  private static Path folder(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException("not a file in a folder: " + file);
    }
    return folder;
  }

  // Gives the lowest folder that was there: all from it down are to be synced.
  private Path makeFolder(Path folder) throws IOException {
    if (folder.equals(root) || Files.isDirectory(folder)) {
      return folder;
    }
    Path known = makeFolder(folder(folder));
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      // somebody else made it just now
    }
    return known;
  }

  @Override
  public byte[] get(String key) throws StoreException {
    try {
      return Files.readAllBytes(path(key));
    } catch (IOException e) {
      throw failed(key, e);
    }
  }

  @Override
  public byte[] get(String key, long from, int length) throws StoreException {
    try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
        // until there is no more
      }
      return Arrays.copyOf(bytes.array(), bytes.position());
    } catch (IOException e) {
      throw failed(key, e);
    }
  }

  @Override
  public List<Listed> list(String prefix, String after, int limit) throws StoreException {
    ObjectKeys.checkLimit(limit);
    List<Listed> found = new ArrayList<>();
    try {
      requireThere();
      // Not from the root: there may be a folder for each of very many databases on the way.
      String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
      Path from = folder.isEmpty() ? root : path(folder.substring(0, folder.length() - 1));
      add(from, folder, new Wanted(prefix, after, limit), found);
    } catch (IOException e) {
      throw failed(prefix, e);
    }
    return found;
  }

  // A volume that is not mounted must not look like a store that has nothing.
  private void requireThere() throws IOException {
    if (!Files.isDirectory(half)) {
      throw new NotDirectoryException(half.toString());
    }
  }

  private record Wanted(String prefix, String after, int limit) {
    boolean mayBeIn(String folder) {
      boolean inPrefix = folder.startsWith(prefix) || prefix.startsWith(folder);
      return inPrefix && (folder.compareTo(after) > 0 || after.startsWith(folder));
    }

    boolean has(String key) {
      return key.startsWith(prefix) && key.compareTo(after) > 0;
    }
  }

  // By keys and not by names: a-b comes before a/b.
  private record Entry(String key, Path path, boolean isFolder) {}

  private void add(Path folder, String keys, Wanted wanted, List<Listed> found) throws IOException {
    for (Entry entry : entries(folder, keys)) {
      if (found.size() == wanted.limit()) {
        return;
      }
      if (entry.isFolder() && wanted.mayBeIn(entry.key())) {
        add(entry.path(), entry.key(), wanted, found);
      } else if (!entry.isFolder() && wanted.has(entry.key())) {
        Listed listed = listed(entry);
        if (listed != null) {
          found.add(listed);
        }
      }
    }
  }

  private List<Entry> entries(Path folder, String keys) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path path : files) {
        if (path.equals(half)) {
          continue;
        }
        boolean isFolder = Files.isDirectory(path);
        String key = keys + path.getFileName() + (isFolder ? "/" : "");
        entries.add(new Entry(key, path, isFolder));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of(); // deleted meanwhile
    }
    entries.sort((a, b) -> a.key().compareTo(b.key()));
    return entries;
  }

  private static @Nullable Listed listed(Entry entry) throws IOException {
    try {
      return new Listed(entry.key(), Files.size(entry.path()));
    } catch (NoSuchFileException e) {
      return null; // deleted meanwhile
    }
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    ObjectKeys.checkLimit(Math.max(1, keys.size()));
    for (String key : keys) {
      try {
        requireThere();
        Path file = path(key);
        if (Files.deleteIfExists(file)) {
          deleteEmpty(folder(file));
        }
      } catch (IOException e) {
        throw failed(key, e);
      }
    }
  }

  // Also the names of folders say something of a tenant.
  private void deleteEmpty(Path folder) throws IOException {
    if (folder.equals(root)) {
      return;
    }
    try {
      Files.delete(folder);
      deleteEmpty(folder(folder));
    } catch (DirectoryNotEmptyException e) {
      Durable.syncFolder(folder);
    } catch (NoSuchFileException e) {
      // somebody else deleted it just now
    }
  }

  private StoreException failed(String key, IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ when Files.isDirectory(half) ->
          StoreException.notFound(key, cause);
      case AccessDeniedException _ ->
          new StoreException(
              Reason.REFUSED,
              "the folder %s may not be used for object %s; check its rights".formatted(root, key),
              cause);
      default ->
          new StoreException(
              Reason.UNREACHABLE,
              "the folder %s failed with object %s: %s".formatted(root, key, cause.getMessage()),
              cause);
    };
  }

  @Override
  public void close() {
    // holds nothing open
  }
}
