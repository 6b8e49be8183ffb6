package dev.burgage.node.history;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogFullException;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.recover.Beginnings;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.CreateDatabase.Created;
import dev.burgage.protocol.node.CreateDatabase.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Makes databases from commits of others. The new one's file is made apart and gets its name when
/// it is whole and proven; the log has all its pages before anybody hears of it. Thread-safe;
/// callers block.
public final class Forks {
  private final Path temporary;
  private final Archive archive;
  private final OpenDatabases databases;
  private final DatabaseFiles files;
  private final CommitLog log;
  private final Beginnings beginnings;
  private final Set<DatabaseIdentity> making = ConcurrentHashMap.newKeySet();

  /// @param data the node's data folder
  public Forks(
      Path data,
      Archive archive,
      OpenDatabases databases,
      DatabaseFiles files,
      CommitLog log,
      Beginnings beginnings)
      throws IOException {
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.archive = archive;
    this.databases = databases;
    this.files = files;
    this.log = log;
    this.beginnings = beginnings;
  }

  /// Makes a database; one that is there is left as it is.
  ///
  /// @throws BurgageException as [Archive#make], and `storage_full`, `overloaded` if the log has no
  ///   room
  Created make(DatabaseIdentity identity, Source source) throws IOException {
    if (!making.add(identity)) {
      throw new BurgageException(
          ErrorCode.OVERLOADED,
          "Database %s is being made; ask again.".formatted(identity.database()));
    }
    try {
      return makeAlone(identity, source);
    } finally {
      making.remove(identity);
    }
  }

  private Created makeAlone(DatabaseIdentity identity, Source source) throws IOException {
    Path file = files.path(identity.database(), identity.generation());
    if (!Files.exists(file)) {
      place(identity, source);
    }
    beginnings.begin(identity);
    return new Created(version(identity).orElse(null));
  }

  private void place(DatabaseIdentity identity, Source source) throws IOException {
    Path made = temporary.resolve("fork-" + UUID.randomUUID());
    try {
      archive.make(source.database(), Bookmark.parse(source.bookmark()), made);
      Limits limits = new Limits(source.sizeBytesMax(), Limits.DEFAULT.statementMillisMax());
      Replacement.requireSize(limits, made);
      log.requireRoom(Files.size(made) + Files.size(made) / 100);
      files.adopt(identity.database(), identity.generation(), made);
    } catch (LogFullException e) {
      throw new BurgageException(ErrorCode.OVERLOADED, "No write is taken: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private Optional<String> version(DatabaseIdentity identity) {
    try (OpenDatabases.Borrowed borrowed = databases.borrowAsItIs(identity, Limits.DEFAULT)) {
      return DatabaseHistory.version(borrowed.database());
    } catch (StatementFailedException e) {
      throw new BurgageException(e.code(), String.valueOf(e.getMessage()), e);
    }
  }
}
