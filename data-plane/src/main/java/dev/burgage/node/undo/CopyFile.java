package dev.burgage.node.undo;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A database's pages, its version, and a last line of bytes that says whether all of it is there:
/// what a crash has left half-written is recognised and never put back.
///
/// Layout: the pages · the version in UTF-8 · magic number, length of the pages (8 bytes each),
/// length of the version (-1: none), CRC-32C of all before (4 bytes each), big-endian.
final class CopyFile {
  private static final long MAGIC = 0x42524743_4f505931L; // "BRGCOPY1"
  private static final int END_BYTES = 24;
  private static final int CHUNK_BYTES = 128 * 1024;
  // Larger ones are not taken into memory: 8 MiB of SQLite's usual pages.
  private static final long IN_MEMORY_PAGES_MAX = 2_048;

  // What a full disk must not keep: SQLite leaves its journal there.
  private static final List<String> HALVES = List.of("", "-journal");

  private CopyFile() {}

  /// The state that the connection sees, on the disk when this returns but for the name in its
  /// folder.
  ///
  /// @param file which is not there yet
  static void write(GuardedConnection guarded, @Nullable String version, Path file)
      throws SQLException, IOException {
    try {
      if (pages(guarded) > IN_MEMORY_PAGES_MAX) {
        SqliteCopy.of(guarded, file);
        end(file, version);
      } else {
        byte[] pages = guarded.as(Policy.TRUSTED, connection -> connection.serialize("main"));
        write(pages, version, file);
      }
    } catch (SQLException | IOException | RuntimeException e) {
      for (String suffix : HALVES) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
      }
      throw e;
    }
  }

  private static long pages(GuardedConnection guarded) throws SQLException {
    return guarded.as(
        Policy.TRUSTED,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement("PRAGMA page_count");
              ResultSet rows = statement.executeQuery()) {
            return rows.getLong(1);
          }
        });
  }

  private static void write(byte[] pages, @Nullable String version, Path file) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(pages);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer all = ByteBuffer.wrap(pages);
      while (all.position() < pages.length) {
        all.limit(Math.min(pages.length, all.position() + CHUNK_BYTES));
        channel.write(all);
      }
      writeEnd(channel, end(crc, pages.length, version));
    }
  }

  private static void end(Path file, @Nullable String version) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long bytes = channel.size();
      CRC32C crc = crc(channel, bytes);
      channel.position(bytes);
      writeEnd(channel, end(crc, bytes, version));
    }
  }

  private static void writeEnd(FileChannel channel, ByteBuffer end) throws IOException {
    while (end.hasRemaining()) {
      channel.write(end);
    }
    channel.force(/* metaData= */ false);
  }

  private static ByteBuffer end(CRC32C crc, long pageBytes, @Nullable String version) {
    byte[] text = version == null ? new byte[0] : version.getBytes(StandardCharsets.UTF_8);
    ByteBuffer end = ByteBuffer.allocate(text.length + END_BYTES);
    end.put(text).putLong(MAGIC).putLong(pageBytes).putInt(version == null ? -1 : text.length);
    crc.update(end.array(), 0, end.position());
    return end.putInt((int) crc.getValue()).flip();
  }

  private static CRC32C crc(FileChannel channel, long bytes) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    for (long at = 0; at < bytes; ) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
      at += read(channel, chunk, at);
      crc.update(chunk.flip());
    }
    return crc;
  }

  private static int read(FileChannel channel, ByteBuffer into, long at) throws IOException {
    int read = channel.read(into, at);
    if (read < 0) {
      throw new EOFException("the file became shorter while it was read");
    }
    return read;
  }

  /// What a whole file says of itself.
  ///
  /// @param version newest version in the database's history; null if there was none
  record Content(long pageBytes, @Nullable String version) {}

  /// @return null if the file is not whole
  static @Nullable Content read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < END_BYTES) {
        return null;
      }
      ByteBuffer end = ByteBuffer.allocate(END_BYTES);
      readAll(channel, end, size - END_BYTES);
      long magic = end.getLong();
      long pageBytes = end.getLong();
      int versionBytes = end.getInt();
      if (magic != MAGIC || pageBytes + Math.max(0, versionBytes) + END_BYTES != size) {
        return null;
      }
      if ((int) crc(channel, size - Integer.BYTES).getValue() != end.getInt()) {
        return null;
      }
      return new Content(pageBytes, version(channel, pageBytes, versionBytes));
    }
  }

  private static void readAll(FileChannel channel, ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      from += read(channel, into, from);
    }
    into.flip();
  }

  private static @Nullable String version(FileChannel channel, long at, int bytes)
      throws IOException {
    if (bytes < 0) {
      return null;
    }
    ByteBuffer text = ByteBuffer.allocate(bytes);
    readAll(channel, text, at);
    return new String(text.array(), StandardCharsets.UTF_8);
  }

  /// Writes the pages alone, as a database that SQLite opens.
  static void writePages(Path file, Content content, Path database) throws IOException {
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
        FileChannel to =
            FileChannel.open(database, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < content.pageBytes(); ) {
        at += from.transferTo(at, content.pageBytes() - at, to);
      }
    }
  }
}
