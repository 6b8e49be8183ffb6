package dev.burgage.node.transfer;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/// The SQL files of uploads and exports: `transfers/<database>/<name>.sql`, a few for each
/// database, for an hour. A file appears whole, by rename. Thread-safe.
public final class TransferFiles {
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z-]{1,64}");
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int OF_ONE_DATABASE_MAX = 4;
  private static final long ROOM_LEFT_BYTES = 64L * 1024 * 1024;
  private static final String SUFFIX = ".sql";

  private final Path folder;
  private final Path temporary;
  private final Clock clock;

  /// @param data the node's data folder
  public TransferFiles(Path data, Clock clock) throws IOException {
    this.folder = Files.createDirectories(data.resolve("transfers"));
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.clock = clock;
  }

  /// The file, which may not be there.
  ///
  /// @param name of the upload (its MD5) or of the export
  public Path path(DatabaseId database, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "A file's name is 1 to 64 letters, digits and dashes; got \"%s\".".formatted(name));
    }
    return folder.resolve(database.toString()).resolve(name + SUFFIX);
  }

  /// Takes an upload.
  ///
  /// @param md5 what the content must have, in hexadecimal
  /// @param length in bytes, or -1 if it is not known before
  public void receive(DatabaseId database, String md5, long length, InputStream content)
      throws IOException {
    Path target = path(database, md5);
    requireRoom(length);
    MessageDigest digest = md5();
    Path partial = temporary.resolve(UUID.randomUUID().toString());
    try {
      Files.copy(new DigestInputStream(content, digest), partial);
      String received = HexFormat.of().formatHex(digest.digest());
      if (!received.equalsIgnoreCase(md5)) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST,
            "The upload's MD5 must be %s; it is %s.".formatted(md5, received));
      }
      keep(database, partial, target);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /// As the other, of a file whose MD5 nobody has said.
  ///
  /// @return its name
  public String receive(DatabaseId database, long length, InputStream content) throws IOException {
    requireRoom(length);
    return write(database, content::transferTo);
  }

  private void requireRoom(long length) throws IOException {
    if (Files.getFileStore(folder).getUsableSpace() - length < ROOM_LEFT_BYTES) {
      throw new BurgageException(
          ErrorCode.STORAGE_FULL, "The node has no room for a file of %d bytes.".formatted(length));
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  /// Writes a file.
  ///
  /// @return its name
  String write(DatabaseId database, Content content) throws IOException {
    String name = UUID.randomUUID().toString();
    Path partial = temporary.resolve(name);
    try {
      try (OutputStream out = Files.newOutputStream(partial)) {
        content.writeTo(out);
      }
      keep(database, partial, path(database, name));
    } finally {
      Files.deleteIfExists(partial);
    }
    return name;
  }

  /// Writes itself.
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private synchronized void keep(DatabaseId database, Path partial, Path target)
      throws IOException {
    Files.createDirectories(target.getParent());
    Files.move(
        partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    List<Path> all = files(folder.resolve(database.toString()));
    all.sort(Comparator.comparing(TransferFiles::modified));
    for (Path old : all.subList(0, Math.max(0, all.size() - OF_ONE_DATABASE_MAX))) {
      Files.deleteIfExists(old);
    }
  }

  /// Deletes what has been here for an hour.
  public synchronized void deleteOld() throws IOException {
    FileTime oldest = FileTime.from(clock.instant().minus(KEPT));
    for (Path database : files(folder)) {
      for (Path file : files(database)) {
        if (modified(file).compareTo(oldest) < 0) {
          Files.deleteIfExists(file);
        }
      }
      if (files(database).isEmpty()) {
        Files.deleteIfExists(database);
      }
    }
  }

  /// Deletes all of a database that goes.
  public synchronized void delete(DatabaseId database) throws IOException {
    Path of = folder.resolve(database.toString());
    if (Files.exists(of)) {
      for (Path file : files(of)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(of);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(files::add);
    }
    return files;
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // deleted meanwhile
    }
  }
}
