package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/// An empty database that is gone when it is closed. For one thread.
public final class ThrowAway implements AutoCloseable {
  private final TemplateSource source;
  private final GuardedConnection connection;

  private ThrowAway(TemplateSource source, GuardedConnection connection) {
    this.source = source;
    this.connection = connection;
  }

  /// @param deadline after which its statements are stopped
  public static ThrowAway inMemory(Guard guard, Duration deadline) throws SQLException {
    TemplateSource source = new TemplateSource(guard, Path.of(":memory:"), deadline);
    return new ThrowAway(source, source.guarded());
  }

  /// On which nothing is allowed yet.
  public GuardedConnection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    source.close();
  }
}
