package dev.burgage.node.history;

import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.protocol.Bookmark;
import java.nio.file.Path;

/// A database as of one commit, for the time of one use. Nobody writes it: it has no log, and its
/// file may be read by Java beside SQLite.
public final class Past implements AutoCloseable {
  private final Bookmark bookmark;
  private final Path file;
  private final SqliteDatabase database;
  private final Runnable giveBack;

  Past(Bookmark bookmark, Path file, SqliteDatabase database, Runnable giveBack) {
    this.bookmark = bookmark;
    this.file = file;
    this.database = database;
    this.giveBack = giveBack;
  }

  public Bookmark bookmark() {
    return bookmark;
  }

  Path file() {
    return file;
  }

  /// For work that may not write.
  public SqliteDatabase database() {
    return database;
  }

  @Override
  public void close() {
    giveBack.run();
  }
}
