package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.DescribedSchemas;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the schemas of databases as they are; dormant ones are not woken for it. Thread-safe.
public final class Schemas {
  private static final Logger LOG = LoggerFactory.getLogger(Schemas.class);

  private final Closed closed;
  private final ExecutorService workers;

  /// @param workers runs one target each
  public Schemas(OpenDatabases databases, DatabaseFiles files, ExecutorService workers) {
    this.closed = new Closed(databases, files);
    this.workers = workers;
  }

  /// Blocks until all have been looked at.
  public DescribedSchemas describe(DescribeSchemas order) {
    List<CompletableFuture<@Nullable DescribedSchema>> running =
        order.targets().stream()
            .map(target ->
                CompletableFuture.<@Nullable DescribedSchema>supplyAsync(
                    () -> describe(target, order.objects()), workers))
            .toList();
    return new DescribedSchemas(
        running.stream().map(CompletableFuture::join).filter(Objects::nonNull).toList());
  }

  private @Nullable DescribedSchema describe(Target target, boolean objects) {
    try {
      return closed.with(
          target,
          database ->
              database.apart(
                  "(a look at the schema)", connection -> describe(target, connection, objects)));
    } catch (RuntimeException e) {
      LOG.warn("The schema of database {} cannot be read", target.database(), e);
      return null;
    }
  }

  private static DescribedSchema describe(Target target, Connection connection, boolean objects)
      throws SQLException {
    run(connection, "BEGIN");
    try {
      Schema schema = Schema.read(connection);
      return new DescribedSchema(
          target.database(),
          History.currentVersion(connection),
          schema.fingerprint(),
          objects ? schema.objects() : null);
    } finally {
      run(connection, "ROLLBACK");
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }
}
