package dev.burgage.control.migration;

import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Reads migration files out of a tar, plain or compressed by gzip: `*.sql`, all of them in one
/// folder or none. What it says of itself is not believed: sizes are counted while it is read.
final class MigrationArchive {
  private static final int FILES_MAX = 10_000;
  private static final int BYTES_MAX = 64 << 20;

  private MigrationArchive() {}

  /// @param gzip whether it is compressed
  /// @throws BurgageException `invalid_request` if it is no such archive; `body_too_large`
  static List<MigrationFile> read(InputStream body, boolean gzip) {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(plain(body, gzip))) {
      List<MigrationFile> files = new ArrayList<>();
      Set<String> folders = new HashSet<>();
      long left = BYTES_MAX;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isDirectory()) {
          continue;
        }
        folders.add(folder(entry));
        byte[] bytes = tar.readNBytes((int) left + 1);
        left -= bytes.length;
        if (left < 0 || files.size() == FILES_MAX) {
          throw new BurgageException(
              ErrorCode.BODY_TOO_LARGE,
              "an archive of migrations may have %d files and %d bytes unpacked; register it in parts"
                  .formatted(FILES_MAX, BYTES_MAX));
        }
        files.add(new MigrationFile(name(entry), text(entry, bytes)));
      }
      check(files, folders);
      return files;
    } catch (IOException | IllegalArgumentException e) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "the body is no %s archive: %s; make one with: tar -c%sf - -C FOLDER ."
              .formatted(gzip ? "tar.gz" : "tar", e.getMessage(), gzip ? "z" : ""),
          e);
    }
  }

  private static InputStream plain(InputStream body, boolean gzip) throws IOException {
    InputStream buffered = new BufferedInputStream(body);
    return gzip ? new GZIPInputStream(buffered) : buffered;
  }

  private static String folder(TarArchiveEntry entry) {
    String path = path(entry);
    int slash = path.indexOf('/');
    if (!entry.isFile() || !path.endsWith(".sql")) {
      throw invalid(entry, "is no file whose name ends with .sql; leave it out");
    }
    if (slash == 0 || slash != path.lastIndexOf('/') || path.contains("..")) {
      throw invalid(entry, "must be in the archive's top or in one folder below it; move it there");
    }
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static String name(TarArchiveEntry entry) {
    String path = path(entry);
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String path(TarArchiveEntry entry) {
    String path = entry.getName();
    return path.startsWith("./") ? path.substring(2) : path;
  }

  private static String text(TarArchiveEntry entry, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw invalid(entry, "is not UTF-8; convert it");
    }
  }

  private static void check(List<MigrationFile> files, Set<String> folders) {
    if (files.isEmpty()) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST, "the archive has no *.sql file; put the migrations into it");
    }
    if (folders.size() > 1) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "the archive has migrations in %d folders; put all of them into one"
              .formatted(folders.size()));
    }
  }

  private static BurgageException invalid(TarArchiveEntry entry, String rule) {
    String shown = entry.getName().replaceAll("\\p{Cntrl}", "?");
    return new BurgageException(
        ErrorCode.INVALID_REQUEST,
        "the archive's entry \"%s\" %s"
            .formatted(shown.substring(0, Math.min(shown.length(), 120)), rule));
  }
}
