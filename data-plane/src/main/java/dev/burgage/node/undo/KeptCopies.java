package dev.burgage.node.undo;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.FirstWrite;
import dev.burgage.node.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The copies of this node: `copies/<rollout>/<database>-<generation>.<state>`. The folder is all
/// there is to know, so a copy costs no memory. What concerns one database is done by the thread
/// that has its writer; otherwise thread-safe. See DESIGN.md.
public final class KeptCopies implements FirstWrite {
  private static final Logger LOG = LoggerFactory.getLogger(KeptCopies.class);
  private static final String UNTIL = "until";

  private final Path folder;
  private final Path temporary;
  private final Clock clock;
  // A handful: the rollouts whose copies are still kept.
  private final Set<UUID> rollouts = ConcurrentHashMap.newKeySet();

  /// What is known of a database's copy.
  public enum State {
    /// Nothing was committed since.
    CLEAN,
    /// Something was.
    WRITTEN,
    /// It was put back.
    UNDONE;

    private final String suffix = "." + name().toLowerCase(Locale.ROOT);
  }

  /// @param data the node's data folder
  public KeptCopies(Path data, Clock clock) throws IOException {
    this.folder = Files.createDirectories(data.resolve("copies"));
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.clock = clock;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path one : all) {
        rollouts.add(UUID.fromString(one.getFileName().toString()));
      }
    }
  }

  /// Makes room for a rollout's copies. A later time takes the place of an earlier one.
  ///
  /// @param untilMillis of the Unix epoch
  public synchronized void open(UUID rollout, long untilMillis) throws IOException {
    Path of = of(rollout);
    if (rollouts.contains(rollout) && until(of) >= untilMillis) {
      return;
    }
    Files.createDirectories(of);
    Durable.replace(
        of.resolve(UNTIL), Long.toString(untilMillis).getBytes(StandardCharsets.US_ASCII));
    Durable.syncFolder(folder);
    rollouts.add(rollout);
  }

  /// Whether copies of the rollout are kept here, now.
  public boolean has(UUID rollout) {
    return rollouts.contains(rollout);
  }

  /// Keeps the state that the connection sees, in the place of what was kept for the same rollout.
  /// It is on the disk when this returns.
  ///
  /// @param version newest one in the database's history
  public void keep(
      UUID rollout,
      DatabaseIdentity identity,
      GuardedConnection connection,
      @Nullable String version)
      throws SQLException, IOException {
    remove(rollout, identity);
    CopyFile.write(connection, version, path(rollout, identity, State.CLEAN));
    Durable.syncFolder(of(rollout));
  }

  /// Forgets a copy, if there is one.
  public void remove(UUID rollout, DatabaseIdentity identity) throws IOException {
    for (State state : State.values()) {
      Files.deleteIfExists(path(rollout, identity, state));
    }
  }

  /// Marks the copies of before as such that something was written since.
  @Override
  public void before(DatabaseIdentity identity) throws IOException {
    var _ = markWritten(identity);
  }

  /// As [#before].
  ///
  /// @return rollouts whose copies were clean until now
  public List<UUID> markWritten(DatabaseIdentity identity) throws IOException {
    List<UUID> marked = new ArrayList<>(0);
    for (UUID rollout : rollouts) {
      if (mark(rollout, identity, State.CLEAN, State.WRITTEN)) {
        marked.add(rollout);
      }
    }
    return marked;
  }

  /// Nothing was written after all.
  ///
  /// @param marked by [#markWritten], since when the writer was held
  public void markClean(DatabaseIdentity identity, List<UUID> marked) throws IOException {
    for (UUID rollout : marked) {
      mark(rollout, identity, State.WRITTEN, State.CLEAN);
    }
  }

  private boolean mark(UUID rollout, DatabaseIdentity identity, State from, State to)
      throws IOException {
    Path copy = path(rollout, identity, from);
    if (!Files.exists(copy)) {
      return false;
    }
    try {
      Files.move(copy, path(rollout, identity, to), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      LOG.debug("The time of a copy was just over", e);
      return false;
    }
    Durable.syncFolder(of(rollout));
    return true;
  }

  /// How the database's copy stands; null if there is none.
  public @Nullable State state(UUID rollout, DatabaseIdentity identity) {
    for (State state : State.values()) {
      if (Files.exists(path(rollout, identity, state))) {
        return state;
      }
    }
    return null;
  }

  /// The newest version in the history of a copy after which something was written.
  ///
  /// @return null if the copy is not whole
  public @Nullable Version writtenVersion(UUID rollout, DatabaseIdentity identity)
      throws IOException {
    CopyFile.Content content = CopyFile.read(path(rollout, identity, State.WRITTEN));
    return content == null ? null : new Version(content.version());
  }

  /// A version, or that there is none.
  public record Version(@Nullable String text) {}

  /// Puts a clean copy in the place of the database, in one transaction, and marks it so.
  ///
  /// @return false if the copy is not whole: nothing is changed
  public boolean putBack(UUID rollout, DatabaseIdentity identity, GuardedConnection connection)
      throws SQLException, IOException {
    Path copy = path(rollout, identity, State.CLEAN);
    CopyFile.Content content = CopyFile.read(copy);
    if (content == null) {
      return false;
    }
    Path database = temporary.resolve("undo-" + UUID.randomUUID());
    try {
      CopyFile.writePages(copy, content, database);
      SqliteCopy.restore(connection, database);
    } finally {
      for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
      }
    }
    mark(rollout, identity, State.CLEAN, State.UNDONE);
    return true;
  }

  /// Forgets all copies of a database that goes.
  public void delete(DatabaseIdentity identity) throws IOException {
    for (UUID rollout : rollouts) {
      remove(rollout, identity);
    }
  }

  /// Deletes the copies whose time is over.
  public synchronized void deleteOld() throws IOException {
    for (UUID rollout : List.copyOf(rollouts)) {
      if (until(of(rollout)) <= clock.millis()) {
        rollouts.remove(rollout);
        deleteFolder(of(rollout));
      }
    }
  }

  // The time goes last: what a crash leaves is found again at the next start.
  private void deleteFolder(Path of) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(of)) {
      for (Path file : files) {
        if (!file.getFileName().toString().equals(UNTIL)) {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(of.resolve(UNTIL));
    Files.deleteIfExists(of);
  }

  // A folder without a time is one that was being made when the node died: it holds no copy.
  private static long until(Path of) throws IOException {
    try {
      return Long.parseLong(Files.readString(of.resolve(UNTIL)));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private Path of(UUID rollout) {
    return folder.resolve(rollout.toString());
  }

  private Path path(UUID rollout, DatabaseIdentity identity, State state) {
    return of(rollout).resolve(identity.database() + "-" + identity.generation() + state.suffix);
  }
}
