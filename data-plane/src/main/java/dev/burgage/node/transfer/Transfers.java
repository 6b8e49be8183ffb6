package dev.burgage.node.transfer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.burgage.node.dump.SqlDump;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.Load;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.files.DiskFailure;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.rebuild.Rebuild;
import dev.burgage.node.rebuild.Rebuilds;
import dev.burgage.node.sql.Scripts;
import dev.burgage.node.sql.SqlRefusedException;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ExportOrder;
import dev.burgage.protocol.node.FileFormat;
import dev.burgage.protocol.node.TransferProgress;
import dev.burgage.protocol.node.TransferProgress.Loaded;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The imports and exports of this node: at most one of each at a time for a database, a few at a
/// time for all. Their ends are remembered for an hour. Thread-safe.
public final class Transfers {
  private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
  private static final int REMEMBERED_MAX = 10_000;
  private static final Duration REMEMBERED = Duration.ofHours(1);
  private static final long PART_BYTES = 16L * 1024 * 1024;
  // Blobs take two digits a byte, small numbers and NULL somewhat more.
  private static final long SQL_PER_BYTE = 4;
  private static final long SQL_BYTES_LEAST = 64L * 1024 * 1024;

  private final OpenDatabases databases;
  private final TransferFiles files;
  private final Scripts scripts;
  private final Rebuilds rebuilds;
  private final ExecutorService workers;
  private final Cache<DatabaseIdentity, Transfer> imports = remembered();
  private final Cache<DatabaseIdentity, Transfer> exports = remembered();

  /// @param workers with a bounded queue; each transfer holds one thread for as long as it takes
  public Transfers(
      OpenDatabases databases,
      TransferFiles files,
      Scripts scripts,
      Rebuilds rebuilds,
      ExecutorService workers) {
    this.databases = databases;
    this.files = files;
    this.scripts = scripts;
    this.rebuilds = rebuilds;
    this.workers = workers;
  }

  private static Cache<DatabaseIdentity, Transfer> remembered() {
    return Caffeine.newBuilder()
        .maximumSize(REMEMBERED_MAX)
        .expireAfterAccess(REMEMBERED)
        .executor(Runnable::run)
        .build();
  }

  /// Begins an import of an upload, or joins the one that is under way.
  ///
  /// @return empty if there is no such upload
  public Optional<TransferProgress> load(Binding binding, String md5) {
    Path upload = files.path(binding.database(), md5);
    if (!Files.exists(upload)) {
      return Optional.empty();
    }
    Job job =
        (database, transfer) ->
            transfer.complete(
                load(
                    database,
                    transfer,
                    new Upload(upload, bytesMax(binding)),
                    Load.Around.NOTHING));
    return Optional.of(begin(binding, importing(), md5, job).await());
  }

  private Kind importing() {
    return new Kind(imports, "import", done -> "Processed %d queries.".formatted(done));
  }

  /// Begins to fill an empty database with an upload, which goes when that has ended.
  ///
  /// @param name of the upload
  /// @throws BurgageException if the upload is not of that format, or another import is under way
  public TransferProgress fill(Binding binding, String name, FileFormat format) throws IOException {
    Path upload = files.path(binding.database(), name);
    boolean begun = false;
    try {
      if (Rebuilds.isDatabase(upload) != (format == FileFormat.DB)) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST,
            "The file is %s SQLite file, and format is %s."
                .formatted(format == FileFormat.DB ? "no" : "a", format));
      }
      Job job =
          (database, transfer) -> {
            try {
              transfer.complete(
                  load(database, transfer, new Upload(upload, bytesMax(binding)), new Emptied()));
            } finally {
              Files.deleteIfExists(upload);
            }
          };
      Transfer transfer = begin(binding, importing(), name, job);
      begun = true;
      return transfer.await();
    } finally {
      if (!begun) {
        Files.deleteIfExists(upload);
      }
    }
  }

  private static long bytesMax(Binding binding) {
    return SQL_BYTES_LEAST + SQL_PER_BYTE * binding.limits().sizeBytesMax();
  }

  // Of the SQL that a SQLite file may become.
  private record Upload(Path file, long sqlBytesMax) {}

  private Loaded load(SqliteDatabase database, Transfer transfer, Upload from, Load.Around around)
      throws IOException {
    Path upload = from.file();
    if (!Rebuilds.isDatabase(upload)) {
      try (InputStream sql = Files.newInputStream(upload)) {
        var statements = new SqlImport(sql, scripts, transfer, around);
        // What came by D1's API is answered in D1's words, and they name no statement.
        return around.equals(Load.Around.NOTHING)
            ? statements.into(database)
            : statements.into(database, "the file");
      }
    }
    try (Rebuild rebuild = rebuilds.start(upload, from.sqlBytesMax())) {
      return new SqlImport(rebuild, scripts, transfer, around).into(database, "the SQLite file");
    } finally {
      Files.deleteIfExists(upload);
    }
  }

  /// Begins an export, or joins the one that is under way if it is the same.
  public TransferProgress export(Binding binding, ExportOrder order) {
    Job job =
        (database, transfer) ->
            transfer.complete(
                files.write(
                    binding.database(),
                    out ->
                        database.apart(
                            "(an export)",
                            connection -> {
                              dump(connection, order, transfer, out);
                              return true;
                            })));
    Kind kind =
        new Kind(exports, "export", done -> "Uploaded part %d".formatted(1 + done / PART_BYTES));
    return begin(binding, kind, order.toString(), job).await();
  }

  private static void dump(
      Connection connection, ExportOrder order, Transfer transfer, OutputStream out)
      throws SQLException {
    try {
      SqlDump.of(connection, order, transfer::progress).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How the import stands that began at a bookmark.
  public Optional<TransferProgress> loading(Binding binding, String bookmark) {
    return find(imports, binding, bookmark);
  }

  /// How the export stands that began at a bookmark.
  public Optional<TransferProgress> exporting(Binding binding, String bookmark) {
    return find(exports, binding, bookmark);
  }

  private static Optional<TransferProgress> find(
      Cache<DatabaseIdentity, Transfer> known, Binding binding, String bookmark) {
    return Optional.ofNullable(known.getIfPresent(identity(binding)))
        .filter(transfer -> transfer.bookmark().equals(bookmark))
        .map(Transfer::await);
  }

  @FunctionalInterface
  private interface Job {
    void run(SqliteDatabase database, Transfer transfer) throws IOException;
  }

  private record Kind(
      Cache<DatabaseIdentity, Transfer> known, String name, LongFunction<String> message) {}

  // Outside of the lock: a database that is dormant is migrated first, and others need not wait.
  private Transfer begin(Binding binding, Kind kind, String wanted, Job job) {
    OpenDatabases.Borrowed borrowed = databases.borrow(binding);
    boolean begun = false;
    try {
      synchronized (this) {
        Transfer there = joined(binding, kind, wanted);
        if (there != null) {
          return there;
        }
        Transfer transfer =
            new Transfer(borrowed.database().bookmarkText(), wanted, kind.message());
        workers.execute(() -> run(borrowed, transfer, job));
        begun = true;
        kind.known().put(identity(binding), transfer);
        return transfer;
      }
    } catch (RejectedExecutionException e) {
      throw new BurgageException(
          ErrorCode.OVERLOADED, "The node has too many imports and exports waiting.", e);
    } finally {
      if (!begun) {
        borrowed.close();
      }
    }
  }

  private static @Nullable Transfer joined(Binding binding, Kind kind, String wanted) {
    Transfer there = kind.known().getIfPresent(identity(binding));
    if (there == null || !there.isActive()) {
      return null;
    }
    if (there.wants(wanted)) {
      return there;
    }
    throw new BurgageException(
        ErrorCode.OVERLOADED, "Currently processing a long-running %s.".formatted(kind.name()));
  }

  private static void run(OpenDatabases.Borrowed borrowed, Transfer transfer, Job job) {
    try (borrowed) {
      job.run(borrowed.database(), transfer);
    } catch (StatementFailedException | SqlRefusedException | BurgageException e) {
      transfer.fail(String.valueOf(e.getMessage()));
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("A transfer failed", e);
      transfer.fail(String.valueOf(DiskFailure.of(e).getMessage()));
    } catch (RuntimeException e) {
      LOG.warn("A transfer failed", e);
      transfer.fail("The node failed: " + e);
    }
  }

  private static DatabaseIdentity identity(Binding binding) {
    return new DatabaseIdentity(binding.database(), binding.generation());
  }
}
