package dev.burgage.node.backup;

import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The objects of backups: `<database>/backups/facts/<name>` and
/// `<database>/backups/files/<name>/<part>`. The facts are written last and deleted first, so what
/// is listed is whole. Thread-safe.
///
/// @param store where all is
/// @param layout of the cell
record BackupObjects(ObjectStore store, Layout layout) {
  private String all(DatabaseId database) {
    return layout.database(database) + "backups/";
  }

  private String facts(DatabaseId database) {
    return all(database) + "facts/";
  }

  String facts(DatabaseId database, BackupName name) {
    return facts(database) + name;
  }

  String files(DatabaseId database, BackupName name) {
    return all(database) + "files/" + name + "/";
  }

  String part(DatabaseId database, BackupName name, int part) {
    return BackupFile.key(files(database, name), part);
  }

  /// Asks for next to nothing, to see whether the store is there before much is done for it.
  void requireAnswer(DatabaseId database) throws StoreException {
    store.list(facts(database), "", 1);
  }

  /// The oldest first.
  List<BackupName> names(DatabaseId database) throws StoreException {
    String prefix = facts(database);
    List<BackupName> names = new ArrayList<>();
    for (String key : keys(prefix)) {
      BackupName name = BackupName.parse(key.substring(prefix.length()));
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  private List<String> keys(String prefix) throws StoreException {
    List<String> keys = new ArrayList<>();
    String last = "";
    while (true) {
      List<Listed> page = store.list(prefix, last, ObjectStore.BATCH_MAX);
      page.forEach(listed -> keys.add(listed.key()));
      if (page.size() < ObjectStore.BATCH_MAX) {
        return keys;
      }
      last = page.getLast().key();
    }
  }

  /// @throws ObjectDamagedException if the facts are damaged, or are another backup's
  StoredBackup read(DatabaseId database, BackupName name)
      throws StoreException, ObjectDamagedException {
    String key = facts(database, name);
    StoredBackup stored = StoredBackup.of(key, store.get(key));
    UUID id = stored.backup().id();
    if (!id.equals(name.id()) || !stored.backup().database().equals(database)) {
      throw new ObjectDamagedException(
          key, "it is of backup %s of database %s".formatted(id, stored.backup().database()));
    }
    return stored;
  }

  BackupFile open(DatabaseId database, BackupName name, StoredBackup stored) throws IOException {
    return BackupFile.open(store, files(database, name), stored);
  }

  void write(StoredBackup stored, BackupName name) throws StoreException {
    store.put(facts(stored.backup().database(), name), stored.bytes());
  }

  void delete(DatabaseId database, BackupName name) throws StoreException {
    store.delete(List.of(facts(database, name)));
    deleteAll(files(database, name));
  }

  /// Everything that a purged database has here.
  void delete(DatabaseId database) throws StoreException {
    deleteAll(facts(database));
    deleteAll(all(database));
  }

  private void deleteAll(String prefix) throws StoreException {
    List<String> keys = keys(prefix);
    for (int from = 0; from < keys.size(); from += ObjectStore.BATCH_MAX) {
      store.delete(keys.subList(from, Math.min(keys.size(), from + ObjectStore.BATCH_MAX)));
    }
  }
}
