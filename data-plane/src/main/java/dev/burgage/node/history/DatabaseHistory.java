package dev.burgage.node.history;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.engine.FileLook;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.history.Replacement.Replaced;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.CreateDatabase.Created;
import dev.burgage.protocol.node.CreateDatabase.Source;
import dev.burgage.protocol.node.DatabaseDiff;
import dev.burgage.protocol.node.Restored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What can be asked about the past of a tenant's database. Thread-safe; callers block.
public final class DatabaseHistory {
  // A tenant may wait no longer for a file than for a statement; who restores or compares may.
  private static final Duration MAKING_MAX = Duration.ofMinutes(10);
  private static final Duration COMPARING_MAX = Duration.ofMinutes(1);

  private final OpenDatabases databases;
  private final DatabaseFiles files;
  private final Archive archive;
  private final Pasts pasts;
  private final Replacement replacement;
  private final Forks forks;
  private final EngineSettings engine;
  private final Executor workers;

  /// @param workers hold a thread for as long as a restore or a comparison takes, with a bounded
  ///   queue; not those of [Pasts], for which they wait
  public DatabaseHistory(
      Archive archive, Pasts pasts, Replacement replacement, Forks forks, Executor workers) {
    this.databases = replacement.databases();
    this.files = replacement.files();
    this.archive = archive;
    this.pasts = pasts;
    this.replacement = replacement;
    this.forks = forks;
    this.engine = replacement.engine();
    this.workers = workers;
  }

  /// The bookmark of the newest commit, or the one that a moment stands for. Whoever has it can go
  /// back to it. Wakes no dormant database.
  ///
  /// @param at null for now
  /// @throws BurgageException as [Archive#find]
  public Bookmark bookmark(Binding binding, @Nullable Moment at) {
    if (at != null) {
      return archive.find(binding.database(), at);
    }
    try (OpenDatabases.Borrowed borrowed =
        databases.borrowAsItIs(identity(binding), binding.limits())) {
      return borrowed.database().durableBookmark();
    } catch (StatementFailedException e) {
      throw new BurgageException(e.code(), String.valueOf(e.getMessage()), e);
    }
  }

  /// The database as of a moment, for reading; to be given back.
  ///
  /// @throws BurgageException as [Archive#find]; `quarantined`; `not_ready` while it is being made
  ///   for longer than a statement may take
  public Past past(Binding binding, Moment at) {
    Past past =
        past(
            binding,
            archive.find(binding.database(), at),
            Duration.ofMillis(binding.limits().statementMillisMax()));
    past.database().setSqlLimits(binding.sqlLimits());
    return past;
  }

  private Past past(Binding binding, Bookmark bookmark, Duration wait) {
    DatabaseIdentity identity = identity(binding);
    databases.requireFree(identity);
    long bytes = files.path(identity.database(), identity.generation()).toFile().length();
    return pasts.borrow(identity, binding.limits(), bookmark, bytes, wait);
  }

  /// Puts the database as of a moment in its own place. What was is a state of the past then, too.
  ///
  /// @throws BurgageException as [Archive#find] and [Replacement#put]
  public Restored restore(Binding binding, Moment to) {
    return onWorker(() -> {
      // A dormant database is migrated first: else it would be afterwards, by whoever uses it
      // first.
      databases.borrow(binding).close();
      Bookmark bookmark = archive.find(binding.database(), to);
      try (Past past = past(binding, bookmark, MAKING_MAX)) {
        Optional<String> version = version(past.database());
        Replaced replaced = replacement.put(identity(binding), binding.limits(), past.file());
        return new Restored(
            replaced.before().toString(), replaced.after().toString(), version.orElse(null));
      }
    });
  }

  /// Makes a database as another one was at a commit; one that is there is left as it is.
  ///
  /// @throws BurgageException as [Archive#make]; `storage_full`, `overloaded`
  public Created fork(DatabaseIdentity identity, Source source) {
    return onWorker(() -> {
      try {
        return forks.make(identity, source);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /// In what two moments differ.
  ///
  /// @throws BurgageException as [Archive#find], and `statement_timeout` if comparing takes too
  ///   long
  public DatabaseDiff diff(Binding binding, Moment from, @Nullable Moment to) {
    return onWorker(() -> {
      Bookmark before = archive.find(binding.database(), from);
      Bookmark after = bookmark(binding, to);
      try (Past old = past(binding, before, MAKING_MAX);
          Past now = past(binding, after, MAKING_MAX)) {
        return comparison(binding, old, now);
      }
    });
  }

  private DatabaseDiff comparison(Binding binding, Past old, Past now) {
    long deadline = System.nanoTime() + COMPARING_MAX.toNanos();
    Schema before = schema(old);
    Schema after = schema(now);
    FileLook look = new FileLook(now.file(), identity(binding), engine);
    return look.run(
        "(a comparison)",
        deadline,
        connection ->
            new DatabaseDiff(
                old.bookmark().toString(),
                now.bookmark().toString(),
                new Comparison(connection, old.file()).tables(before, after),
                Comparison.changes(before, after)));
  }

  private static Schema schema(Past past) {
    return past.database().apart("(a look at the schema)", Schema::read);
  }

  static Optional<String> version(SqliteDatabase database) {
    return database.apart(
        "(a look at its version)",
        connection -> Optional.ofNullable(History.currentVersion(connection)));
  }

  private <T> T onWorker(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, workers).join();
    } catch (RejectedExecutionException e) {
      throw new BurgageException(
          ErrorCode.OVERLOADED, "The node has too many restores waiting; try again.", e);
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case StatementFailedException failure ->
            new BurgageException(failure.code(), String.valueOf(failure.getMessage()), failure);
        case RuntimeException failure -> failure;
        case null, default -> e;
      };
    }
  }

  static DatabaseIdentity identity(Binding binding) {
    return new DatabaseIdentity(binding.database(), binding.generation());
  }
}
