package dev.burgage.node.engine;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The WAL readers of one database: opened when wanted, kept while the database is open.
/// Thread-safe.
final class Readers {
  private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

  private final Semaphore free;
  private final Opener opener;
  private final Deque<Reader> idle = new ArrayDeque<>();
  private int schema;

  @FunctionalInterface
  interface Opener {
    SqliteConnection open() throws SQLException;
  }

  /// @param schema the schema that the connection's prepared statements were made for
  private record Reader(SqliteConnection connection, int schema) {}

  Readers(int max, Opener opener) {
    this.free = new Semaphore(max);
    this.opener = opener;
  }

  /// @throws StatementFailedException (overloaded) if no reader came free before the deadline
  Borrowed borrow(long deadlineNanos) throws SQLException {
    acquire(deadlineNanos);
    try {
      return new Borrowed(idleOrNew());
    } catch (SQLException | RuntimeException e) {
      free.release();
      throw e;
    }
  }

  private void acquire(long deadlineNanos) {
    if (free.tryAcquire()) {
      return;
    }
    try {
      if (free.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw SqliteDatabase.overloaded();
  }

  private Reader idleOrNew() throws SQLException {
    Reader reader;
    int now;
    synchronized (idle) {
      reader = idle.pollFirst();
      now = schema;
    }
    if (reader == null) {
      return new Reader(opener.open(), now);
    }
    if (reader.schema() != now) {
      reader.connection().forgetStatements();
      return new Reader(reader.connection(), now);
    }
    return reader;
  }

  /// Makes every reader drop its prepared statements before it is used next.
  void forgetStatements() {
    synchronized (idle) {
      schema++;
    }
  }

  void close() {
    synchronized (idle) {
      for (Reader reader : idle) {
        try {
          reader.connection().close();
        } catch (SQLException e) {
          LOG.warn("A reader could not be closed", e);
        }
      }
      idle.clear();
    }
  }

  /// A reader for the time of one request; [#close()] gives it back.
  final class Borrowed implements AutoCloseable {
    private final Reader reader;

    private Borrowed(Reader reader) {
      this.reader = reader;
    }

    SqliteConnection connection() {
      return reader.connection();
    }

    @Override
    public void close() {
      synchronized (idle) {
        idle.addFirst(reader);
      }
      free.release();
    }
  }
}
