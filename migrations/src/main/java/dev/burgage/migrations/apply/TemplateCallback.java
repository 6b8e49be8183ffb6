package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Policy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/// What is done around each script that Flyway runs on a template, in the script's transaction: the
/// same as [MigrationApplier] does around its own.
final class TemplateCallback extends BaseCallback {
  private final TemplateSource source;
  private final Set<String> withoutForeignKeys;

  /// @param withoutForeignKeys names of scripts that run without the enforcement of foreign keys
  TemplateCallback(TemplateSource source, Set<String> withoutForeignKeys) {
    this.source = source;
    this.withoutForeignKeys = withoutForeignKeys;
  }

  @Override
  public boolean supports(Event event, Context context) {
    return switch (event) {
      case BEFORE_EACH_MIGRATE, AFTER_EACH_MIGRATE, AFTER_EACH_MIGRATE_ERROR -> true;
      default -> false;
    };
  }

  @Override
  public void handle(Event event, Context context) {
    try {
      switch (event) {
        case BEFORE_EACH_MIGRATE ->
            before(context.getConnection(), context.getMigrationInfo().getScript());
        case AFTER_EACH_MIGRATE ->
            after(context.getConnection(), context.getMigrationInfo().getScript());
        default -> source.permit(Policy.TRUSTED);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(SqliteMessage.of(e), e);
    }
  }

  // The driver sends BEGIN before the first statement, which is to be this one and not a script's.
  private void before(Connection connection, String script) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
      statement.execute();
    }
    source.permit(Policy.OPERATOR);
    D1History.create(connection);
    if (withoutForeignKeys.contains(script)) {
      source.enforceForeignKeys(false);
    }
  }

  private void after(Connection connection, String script) throws SQLException {
    D1History.add(connection, List.of(script));
    source.permit(Policy.TRUSTED);
    if (withoutForeignKeys.contains(script)) {
      source.enforceForeignKeys(true);
    }
    String broken = ForeignKeys.settle(connection);
    if (broken != null) {
      throw new IllegalStateException(broken);
    }
  }
}
