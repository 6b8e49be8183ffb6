package dev.burgage.control.cloudflare.database;

import dev.burgage.protocol.DatabaseId;
import java.sql.Types;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What was said of databases over Cloudflare's API and means nothing here, kept so that it is
/// answered as it was said.
@Component
class DatabaseSettings {
  private final JdbcClient jdbc;

  DatabaseSettings(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// @param readReplication `auto` or `disabled`
  record Setting(String readReplication, @Nullable String jurisdiction) {
    static final Setting NONE = new Setting("disabled", null);
  }

  Setting get(DatabaseId database) {
    return jdbc.sql(
            "select read_replication, jurisdiction from database_setting where database_id = ?")
        .param(database.value())
        .query((row, _) -> new Setting(row.getString(1), row.getString(2)))
        .optional()
        .orElse(Setting.NONE);
  }

  void put(DatabaseId database, Setting setting) {
    jdbc.sql(
            """
            insert into database_setting (database_id, read_replication, jurisdiction) values (:database, :mode, :jurisdiction)
            on conflict (database_id) do update set read_replication = excluded.read_replication
            """)
        .param("database", database.value())
        .param("mode", setting.readReplication())
        .param("jurisdiction", setting.jurisdiction(), Types.VARCHAR)
        .update();
  }
}
