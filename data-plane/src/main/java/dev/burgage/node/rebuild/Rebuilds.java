package dev.burgage.node.rebuild;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/// Starts the processes that read SQLite files from outside, each in a folder of its own
/// (`rebuild/<uuid>`). Thread-safe.
public final class Rebuilds {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final String guardSetting;
  private final Bounds bounds;
  private final String program;

  /// @param data the node's data folder
  /// @param guardSetting `enforced` or `trusted`
  public Rebuilds(Path data, String guardSetting) throws IOException {
    this(data, guardSetting, Bounds.DEFAULT, ReaderMain.class.getName());
  }

  Rebuilds(Path data, String guardSetting, Bounds bounds, String program) throws IOException {
    this.folder = data.resolve("rebuild");
    this.guardSetting = guardSetting;
    this.bounds = bounds;
    this.program = program;
    delete(folder); // of a node that died
    Files.createDirectories(folder);
  }

  /// Whether a file says that it is SQLite's; only its first bytes are read.
  public static boolean isDatabase(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /// Starts to read a file; blocks until it has been checked.
  ///
  /// @param outputBytesMax of SQL
  /// @throws dev.burgage.protocol.error.BurgageException if the file is refused
  public Rebuild start(Path file, long outputBytesMax) throws IOException {
    Path own = Files.createDirectory(folder.resolve(UUID.randomUUID().toString()));
    try {
      Files.createLink(own.resolve(ReaderMain.FILE), file);
      Rebuild rebuild =
          new Rebuild(own, ReaderProcess.start(own, program, guardSetting), bounds, outputBytesMax);
      rebuild.awaitFirst();
      return rebuild;
    } catch (IOException | RuntimeException e) {
      delete(own);
      throw e;
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          delete(file);
        } else {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(folder);
  }
}
