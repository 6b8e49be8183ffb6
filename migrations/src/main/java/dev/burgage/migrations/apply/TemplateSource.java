package dev.burgage.migrations.apply;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/// Connections to a template file while it is built. Statements are stopped once the deadline is
/// over: a script may hold an endless query.
final class TemplateSource extends SQLiteDataSource {
  private static final int STEPS_BETWEEN_CHECKS = 10_000;

  private final long startNanos = System.nanoTime();
  private final long deadlineNanos;

  TemplateSource(Path file, Duration deadline) {
    super(config());
    this.deadlineNanos = deadline.toNanos();
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
    SQLiteConnection connection = super.getConnection(user, password);
    ProgressHandler.setHandler(
        connection,
        STEPS_BETWEEN_CHECKS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return System.nanoTime() - startNanos > deadlineNanos ? 1 : 0;
          }
        });
    return connection;
  }
}
