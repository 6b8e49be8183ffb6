package dev.burgage.node.backup;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.node.Backup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The SQLite file of a backup on its way out of the store. Its last bytes are held back until all
/// of it was found right, so that a damaged one never looks whole. For one thread.
public final class BackupFile implements AutoCloseable {
  private static final int CHUNK_BYTES = 256 * 1024;

  private final Backup backup;
  private final String key;
  private final InputStream unpacked;
  private final MessageDigest digest = Sha256.digest();
  private long bytes;
  private byte[] held;

  private BackupFile(Backup backup, String key, InputStream unpacked) throws IOException {
    this.backup = backup;
    this.key = key;
    this.unpacked = unpacked;
    this.held = read();
  }

  /// Reads the beginning already: of a small file that is all.
  ///
  /// @param files what the keys of its parts begin with
  static BackupFile open(ObjectStore store, String files, StoredBackup stored) throws IOException {
    List<String> keys =
        IntStream.range(0, stored.parts().size()).mapToObj(part -> key(files, part)).toList();
    InputStream packed = new PartsInput(store, keys, stored.parts());
    InputStream unpacked = new ZstdInputStream(packed);
    try {
      return new BackupFile(stored.backup(), files, unpacked);
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  static String key(String files, int part) {
    return files + "%05d".formatted(part);
  }

  public Backup backup() {
    return backup;
  }

  /// @throws ObjectDamagedException after less than all was written
  public void writeTo(OutputStream out) throws IOException {
    while (held.length > 0) {
      byte[] next = read();
      out.write(held);
      held = next;
    }
  }

  // Empty at the end, when all that was read before is right.
  private byte[] read() throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    int length = 0;
    try {
      length = unpacked.readNBytes(chunk, 0, CHUNK_BYTES);
    } catch (ZstdIOException e) {
      throw new ObjectDamagedException(key, "it cannot be unpacked: " + e.getMessage());
    }
    digest.update(chunk, 0, length);
    bytes += length;
    if (length < CHUNK_BYTES) {
      requireRight();
    } else if (bytes > backup.sizeBytes()) {
      throw new ObjectDamagedException(key, "it unpacks to more than the file had");
    }
    return length == CHUNK_BYTES ? chunk : Arrays.copyOf(chunk, length);
  }

  private boolean isProven;

  private void requireRight() throws ObjectDamagedException {
    if (isProven) {
      return;
    }
    String found = Hex.of(digest);
    if (bytes != backup.sizeBytes() || !found.equals(backup.sha256())) {
      throw new ObjectDamagedException(
          key,
          "it unpacks to %d bytes with SHA-256 %s; it must be %d with %s"
              .formatted(bytes, found, backup.sizeBytes(), backup.sha256()));
    }
    isProven = true;
  }

  @Override
  public void close() throws IOException {
    unpacked.close();
  }
}
