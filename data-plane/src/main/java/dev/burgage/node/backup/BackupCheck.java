package dev.burgage.node.backup;

import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.ship.StoreCheck;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// All backups of a cell, for `burgage node verify-store`: each is unpacked, and its sums are
/// compared. Thread-safe.
public final class BackupCheck implements StoreCheck.Others {
  private static final Pattern FACTS =
      Pattern.compile("(.*/databases/([0-9a-f-]{36})/backups/)facts/([^/]+)");
  private static final Pattern PART =
      Pattern.compile(".*/databases/[0-9a-f-]{36}/backups/files/([^/]+)/[0-9]{5}");

  @Override
  public boolean check(ObjectStore store, String key) throws IOException {
    Matcher part = PART.matcher(key);
    if (part.matches()) {
      return BackupName.parse(part.group(1)) != null; // read with the facts
    }
    Matcher facts = FACTS.matcher(key);
    BackupName name = facts.matches() ? BackupName.parse(facts.group(3)) : null;
    if (name == null) {
      return false;
    }
    DatabaseId database = DatabaseId.parse(facts.group(2));
    StoredBackup stored = StoredBackup.of(key, store.get(key));
    if (!stored.backup().id().equals(name.id()) || !stored.backup().database().equals(database)) {
      throw new ObjectDamagedException(key, "it is another backup's");
    }
    check(store, facts.group(1) + "files/" + name + "/", stored);
    return true;
  }

  private static void check(ObjectStore store, String files, StoredBackup stored)
      throws IOException {
    try (BackupFile file = BackupFile.open(store, files, stored)) {
      file.writeTo(OutputStream.nullOutputStream());
    } catch (StoreException e) {
      if (!e.isNotFound()) { // else deleted meanwhile
        throw e;
      }
    }
  }
}
