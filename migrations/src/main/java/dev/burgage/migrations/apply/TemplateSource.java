package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/// Connections to a template file while it is built. Statements are stopped once the deadline is
/// over: a script may hold an endless query. For one thread.
final class TemplateSource extends SQLiteDataSource implements AutoCloseable {

  private final long startNanos = System.nanoTime();
  private final long deadlineNanos;
  private final Guard guard;
  private final SQLiteConfig config;
  private final List<GuardedConnection> opened = new ArrayList<>();

  TemplateSource(Guard guard, Path file, Duration deadline) {
    this.guard = guard;
    this.deadlineNanos = deadline.toNanos();
    this.config = config();
    setUrl("jdbc:sqlite:" + file);
  }

  // The whole file is synced once at the end; before that nobody needs it.
  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    return config;
  }

  @Override
  public SQLiteConnection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    SQLiteConnection connection = open().jdbc();
    return connection;
  }

  /// A connection on which nothing is allowed yet.
  GuardedConnection guarded() throws SQLException {
    GuardedConnection connection = open();
    connection.permit(Policy.NOBODY);
    return connection;
  }

  private GuardedConnection open() throws SQLException {
    GuardedConnection guarded = guard.open(config, getUrl());
    opened.add(guarded);
    guarded.permit(Policy.TRUSTED);
    // What Flyway runs for itself is short, and its errors would name no script.
    guarded.callWhileRunning(() ->
        guarded.policy() == Policy.TRUSTED || System.nanoTime() - startNanos <= deadlineNanos);
    return guarded;
  }

  @Override
  public void close() throws SQLException {
    for (GuardedConnection connection : opened) {
      connection.close();
    }
  }

  void enforceForeignKeys(boolean on) throws SQLException {
    for (GuardedConnection connection : opened) {
      connection.enforceForeignKeys(on);
    }
  }

  /// Says on whose behalf the next statements run.
  void permit(Policy policy) {
    opened.forEach(connection -> connection.permit(policy));
  }
}
