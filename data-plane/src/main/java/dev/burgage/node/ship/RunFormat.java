package dev.burgage.node.ship;

import dev.burgage.protocol.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Objects of runs as bytes, version 1: 16 bytes of header, the runs one after the other in the
/// order of databases, and the index: an entry for each run, the object's own key, and a SHA-256 of
/// all that is not in a run. With each run's own SHA-256 there is no byte that could change unseen,
/// and no object that could be taken for another.
final class RunFormat {
  static final int HEADER_BYTES = 16;
  private static final long HEADER_MAGIC = 0x4255524752554e31L; // BURGRUN1
  private static final long FOOTER_MAGIC = 0x4255524752554e58L; // BURGRUNX
  private static final int VERSION = 1;
  private static final int SHA_BYTES = 32;
  private static final int FOOTER_BYTES = 8 + 4 * Integer.BYTES + SHA_BYTES;

  private RunFormat() {}

  static int indexBytes(int runs, int keyLength) {
    return Math.addExact(Math.multiplyExact(runs, Run.BYTES), keyLength + FOOTER_BYTES);
  }

  static byte[] header() {
    return ByteBuffer.allocate(HEADER_BYTES).putLong(HEADER_MAGIC).putInt(VERSION).array();
  }

  static byte[] index(String key, List<Run> runs) {
    byte[] name = key.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(indexBytes(runs.size(), name.length));
    runs.forEach(run -> run.put(out));
    out.put(name);
    out.putLong(FOOTER_MAGIC).putInt(VERSION).putInt(runs.size()).putInt(name.length).putInt(0);
    out.put(sum(out.array()));
    return out.array();
  }

  // Of the index up to the sum itself.
  private static byte[] sum(byte[] index) {
    MessageDigest digest = Sha256.digest();
    digest.update(header());
    digest.update(index, 0, index.length - SHA_BYTES);
    return digest.digest();
  }

  /// @param index the last bytes of the object
  /// @return the runs, which together are all between header and index
  static List<Run> runs(ObjectPart part, byte[] index) throws ObjectDamagedException {
    if (index.length != part.indexBytes() || index.length < FOOTER_BYTES) {
      throw new ObjectDamagedException(
          part.key(), "its index has %d bytes, not %d".formatted(index.length, part.indexBytes()));
    }
    byte[] sum = Arrays.copyOfRange(index, index.length - SHA_BYTES, index.length);
    if (!MessageDigest.isEqual(sum, sum(index))) {
      throw new ObjectDamagedException(part.key(), "its index is damaged: the SHA-256 is another");
    }
    ByteBuffer in = ByteBuffer.wrap(index);
    int footer = index.length - FOOTER_BYTES;
    if (in.getLong(footer) != FOOTER_MAGIC || in.getInt(footer + 8) != VERSION) {
      throw new ObjectDamagedException(
          part.key(), "its format is not version %d, which this program reads".formatted(VERSION));
    }
    int count = in.getInt(footer + 12);
    int from = count * Run.BYTES;
    String key = new String(index, from, footer - from, StandardCharsets.US_ASCII);
    if (!key.equals(part.key())) {
      throw new ObjectDamagedException(part.key(), "it was written as object " + key);
    }
    return checked(part, in, count);
  }

  private static List<Run> checked(ObjectPart part, ByteBuffer in, int count)
      throws ObjectDamagedException {
    List<Run> runs = new ArrayList<>(count);
    long at = HEADER_BYTES;
    for (int i = 0; i < count; i++) {
      Run run = Run.get(in);
      if (run.offset() != at || run.length() < 0) {
        throw new ObjectDamagedException(part.key(), "its runs do not follow each other");
      }
      at += run.length();
      runs.add(run);
    }
    if (at != part.sizeBytes() - part.indexBytes()) {
      throw new ObjectDamagedException(
          part.key(),
          "it has %d bytes; its runs and its index have %d"
              .formatted(part.sizeBytes(), at + part.indexBytes()));
    }
    return runs;
  }

  /// @param bytes of the run
  static void check(ObjectPart part, Run run, byte[] bytes) throws ObjectDamagedException {
    if (bytes.length != run.length()
        || !MessageDigest.isEqual(Sha256.digest().digest(bytes), run.sha256())) {
      throw new ObjectDamagedException(
          part.key(),
          "the records of database %s at %d to %d are damaged: the SHA-256 is another"
              .formatted(run.database(), run.offset(), run.offset() + run.length()));
    }
  }
}
