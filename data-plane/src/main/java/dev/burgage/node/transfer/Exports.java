package dev.burgage.node.transfer;

import dev.burgage.node.dump.SqlDump;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.FileFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/// Whole databases for somebody to take away. Each is written to this disk first, from one
/// snapshot: a snapshot that were held for as long as a slow line takes would let the tenant's
/// write-ahead log grow. Thread-safe.
public final class Exports {
  private final Path temporary;
  private final OpenDatabases databases;
  private final ExecutorService workers;

  /// @param data the node's data folder
  /// @param workers with a bounded queue; SQLite holds a thread for as long as it copies
  public Exports(Path data, OpenDatabases databases, ExecutorService workers) throws IOException {
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.databases = databases;
    this.workers = workers;
  }

  /// A file, which goes when its content is closed.
  public record Export(InputStream content, long length) {}

  /// Writes the database as it is now, without holding up anybody. Blocks.
  public Export make(Binding binding, FileFormat format) throws IOException {
    Path file = temporary.resolve("export-" + UUID.randomUUID());
    try {
      await(CompletableFuture.runAsync(() -> write(binding, format, file), workers));
      long length = Files.size(file);
      return new Export(Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE), length);
    } catch (RejectedExecutionException e) {
      throw new BurgageException(
          ErrorCode.OVERLOADED, "The node has too many imports and exports waiting.", e);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static void await(CompletableFuture<?> written) throws IOException {
    try {
      written.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failure) {
        throw failure.getCause();
      }
      throw switch (e.getCause()) {
        case StatementFailedException failure ->
            new BurgageException(failure.code(), String.valueOf(failure.getMessage()), failure);
        case RuntimeException failure -> failure;
        case null, default -> e;
      };
    }
  }

  private void write(Binding binding, FileFormat format, Path file) {
    try (OpenDatabases.Borrowed borrowed = databases.borrow(binding)) {
      borrowed
          .database()
          .apart(
              "(an export)",
              connection -> {
                switch (format) {
                  case DB -> copy(connection, file);
                  case SQL -> dump(connection, file);
                }
                return true;
              });
    }
  }

  // VACUUM INTO and not the backup API, which begins anew whenever somebody writes.
  private static void copy(Connection connection, Path file) throws SQLException {
    try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, file.toString());
      vacuum.execute();
    }
  }

  private static void dump(Connection connection, Path file) throws SQLException {
    try (OutputStream out = Files.newOutputStream(file)) {
      SqlDump.own(connection).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
