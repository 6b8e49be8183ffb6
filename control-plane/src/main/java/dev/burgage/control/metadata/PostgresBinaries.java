package dev.burgage.control.metadata;

import dev.burgage.control.folder.StartRefused;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs, unpacked once from the archive on the class path. A folder that exists is
/// whole, because it gets its name last.
final class PostgresBinaries {
  /// Of the archives; a new version unpacks beside the old one.
  private static final String VERSION = "18.6.0";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

  private PostgresBinaries() {}

  /// @return the folder with `bin/postgres` and its companions
  static Path unpack(Path parent) {
    Path folder = parent.resolve("postgresql-" + VERSION);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    String archive = archive(System.getProperty("os.name"), System.getProperty("os.arch"));
    try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
      if (in == null) {
        throw new StartRefused(
            "there is no embedded PostgreSQL for this machine (%s); name a server with BURGAGE_METADATA_URL"
                .formatted(archive));
      }
      LOG.info("Unpacking PostgreSQL {} to {}", VERSION, folder);
      Files.createDirectories(parent);
      Path fresh = Files.createTempDirectory(parent, "unpacking-");
      extract(in, fresh);
      Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(parent));
      moveUnlessThere(fresh, folder);
      return folder;
    } catch (IOException e) {
      throw new StartRefused("PostgreSQL cannot be unpacked to %s: %s".formatted(folder, e), e);
    }
  }

  // Two test runs may share the folder: the first rename wins.
  private static void moveUnlessThere(Path fresh, Path folder) throws IOException {
    try {
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  static String archive(String system, String processor) {
    boolean arm = processor.equals("aarch64") || processor.equals("arm64");
    String name = system.toLowerCase(Locale.ROOT);
    String kind = name.contains("mac") ? "darwin" : name.contains("linux") ? "linux" : "windows";
    return "postgres-%s-%s.txz".formatted(kind, arm ? "arm_64" : "x86_64");
  }

  private static void extract(InputStream archive, Path folder) throws IOException {
    try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("the archive leaves its folder: " + entry.getName());
        }
        write(tar, entry, target);
      }
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
    return tar.getNextEntry();
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    if ((entry.getMode() & 0111) != 0) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(target);
      permissions.add(PosixFilePermission.OWNER_EXECUTE);
      permissions.add(PosixFilePermission.GROUP_EXECUTE);
      permissions.add(PosixFilePermission.OTHERS_EXECUTE);
      Files.setPosixFilePermissions(target, permissions);
    }
  }
}
