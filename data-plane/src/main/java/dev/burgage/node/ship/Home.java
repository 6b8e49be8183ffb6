package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// Where the records of a database under one generation are: written once, before the first slice
/// that has any, so that a database's log is found by its id alone.
///
/// @param transaction the first that a process saw under this generation
/// @param from no record from that one on is before this place of the log
/// @param isOfBase the database begins here anew, after a deletion, and needs nothing from before
record Home(
    DatabaseId database,
    long generation,
    LogName log,
    long transaction,
    LogPosition from,
    boolean isOfBase) {
  private static final long MAGIC = 0x42555247484f4d31L; // BURGHOM1

  /// The order in which logs go on with a database.
  static final Comparator<Home> IN_ORDER =
      Comparator.comparingLong(Home::generation)
          .thenComparingLong(Home::transaction)
          .thenComparing(Home::log, LogName.BY_BEGIN);

  private static final int PLAIN_BYTES = 56;
  private static final int LOG_ID_LENGTH = 17;

  String key(Layout layout) {
    String key = layout.homes(database) + "%016x/%s".formatted(generation, log);
    return isOfBase ? key + "-%016x".formatted(transaction) : key;
  }

  /// Writes it unless it is there.
  void put(ObjectStore store, Layout layout) throws StoreException {
    store.putIfAbsent(key(layout), bytes(key(layout)));
  }

  /// As [#put], for a log that goes on with what others have.
  ///
  /// @throws FencedOffException if one of them comes after it
  void putAsNext(ObjectStore store, Layout layout) throws IOException {
    for (Home other : list(store, layout, database)) {
      if (!other.log.equals(log) && IN_ORDER.compare(other, this) > 0) {
        throw new FencedOffException(
            "database %s: log %s goes on with it from transaction %d, generation %d"
                .formatted(database, other.log, other.transaction, other.generation));
      }
    }
    put(store, layout);
  }

  private byte[] bytes(String key) {
    ByteBuffer out = ByteBuffer.allocate(PLAIN_BYTES + 32);
    out.putLong(MAGIC);
    out.putLong(database.value().getMostSignificantBits());
    out.putLong(database.value().getLeastSignificantBits());
    out.putLong(generation).putLong(transaction).putLong(from.segment()).putLong(from.offset());
    return out.put(sum(out.array(), key)).array();
  }

  private static byte[] sum(byte[] bytes, String key) {
    MessageDigest digest = Sha256.digest();
    digest.update(Sha256.of(key));
    digest.update(bytes, 0, PLAIN_BYTES);
    return digest.digest();
  }

  /// All homes of a database in the order of generations, and of one in that of transactions. Two
  /// logs that went on with the same one are in the order in which they were begun.
  ///
  /// @throws ObjectDamagedException if one is damaged
  static List<Home> list(ObjectStore store, Layout layout, DatabaseId database)
      throws StoreException, ObjectDamagedException {
    List<Home> homes = new ArrayList<>();
    List<String> keys = new LogObjects(store, layout).all(layout.homes(database), "", Listed::key);
    for (String key : keys) {
      homes.add(read(key, database, store.get(key)));
    }
    homes.sort(IN_ORDER);
    return homes;
  }

  /// @throws ObjectDamagedException if these are not the bytes that were written
  static Home read(String key, DatabaseId database, byte[] bytes) throws ObjectDamagedException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean isWhole =
        bytes.length == PLAIN_BYTES + 32
            && in.getLong() == MAGIC
            && MessageDigest.isEqual(
                Arrays.copyOfRange(bytes, PLAIN_BYTES, bytes.length), sum(bytes, key));
    if (!isWhole) {
      throw new ObjectDamagedException(key, "it is damaged: the SHA-256 is another");
    }
    DatabaseId own = new DatabaseId(new UUID(in.getLong(), in.getLong()));
    if (!own.equals(database)) {
      throw new ObjectDamagedException(key, "it is of database " + own);
    }
    String[] path = key.split("/", -1);
    String last = path[path.length - 1];
    boolean isOfBase = last.length() > LOG_ID_LENGTH;
    LogName log =
        new LogName(new NodeName(path[path.length - 2]), last.substring(0, LOG_ID_LENGTH));
    return new Home(
        database,
        in.getLong(),
        log,
        in.getLong(),
        new LogPosition(in.getLong(), in.getLong()),
        isOfBase);
  }
}
