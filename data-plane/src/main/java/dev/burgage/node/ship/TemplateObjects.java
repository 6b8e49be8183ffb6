package dev.burgage.node.ship;

import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Templates in the store, once for all databases of a cell that were copied from them. They hold
/// no tenant's data and stay. Thread-safe.
final class TemplateObjects {
  private static final int PART_BYTES = 8 * 1024 * 1024;

  private final ObjectStore store;
  private final Layout layout;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  TemplateObjects(ObjectStore store, Layout layout) {
    this.store = store;
    this.layout = layout;
  }

  /// Makes sure that the store has a template.
  void put(byte[] sha256, TemplateFiles files) throws IOException {
    String id = HexFormat.of().formatHex(sha256);
    if (known.contains(id)) {
      return;
    }
    if (!isWhole(parts(id))) {
      Path file = files.find(sha256.clone());
      if (file == null) {
        throw new FileNotFoundException(
            "the template %s is neither in the store nor on this node; a template is to be kept"
                    .formatted(id)
                + " until a database that was copied from it is shipped");
      }
      write(id, sha256, file);
    }
    known.add(id);
  }

  private List<Listed> parts(String id) throws IOException {
    return store.list(layout.template(id), "", ObjectStore.BATCH_MAX);
  }

  private static boolean isWhole(List<Listed> parts) {
    return !parts.isEmpty() && parts.getLast().key().endsWith("z");
  }

  // The last part says that all are there, so it is written last.
  private void write(String id, byte[] sha256, Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] next = in.readNBytes(PART_BYTES);
      for (int part = 0; ; part++) {
        byte[] bytes = next;
        digest.update(bytes);
        next = in.readNBytes(PART_BYTES);
        boolean isLast = next.length == 0;
        if (isLast && !MessageDigest.isEqual(digest.digest(), sha256)) {
          throw new IOException(
              "the file %s is not the template %s: its SHA-256 is another".formatted(file, id));
        }
        store.put(layout.template(id) + "%04x%s".formatted(part, isLast ? "z" : "m"), bytes);
        if (isLast) {
          return;
        }
      }
    }
  }

  /// Writes a template to the beginning of a file.
  ///
  /// @throws ObjectDamagedException if the store does not have it as it was
  void get(byte[] sha256, FileChannel target) throws IOException {
    String id = HexFormat.of().formatHex(sha256);
    List<Listed> parts = parts(id);
    if (!isWhole(parts)) {
      throw new ObjectDamagedException(layout.template(id), "the template is missing");
    }
    MessageDigest digest = Sha256.digest();
    long at = 0;
    for (Listed part : parts) {
      byte[] bytes = store.get(part.key());
      digest.update(bytes);
      ByteBuffer out = ByteBuffer.wrap(bytes);
      while (out.hasRemaining()) {
        at += target.write(out, at);
      }
    }
    target.truncate(at);
    if (!MessageDigest.isEqual(digest.digest(), sha256)) {
      throw new ObjectDamagedException(
          layout.template(id), "the template is damaged: the SHA-256 is another");
    }
  }
}
