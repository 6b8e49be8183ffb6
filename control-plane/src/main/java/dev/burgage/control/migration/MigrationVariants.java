package dev.burgage.control.migration;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Table `migration_variant`: scripts that are kept and that the pool's engine does not run.
@Component
class MigrationVariants {
  private final JdbcClient jdbc;

  MigrationVariants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// By version; in the order of their names.
  Map<String, List<MigrationScript>> of(PoolName pool) {
    Map<String, List<MigrationScript>> variants = new HashMap<>();
    jdbc.sql(
            """
            select version, description, script, checksum, sql from migration_variant
            where pool = ? order by version, script
            """)
        .param(pool.value())
        .query((row, number) ->
            new MigrationScript(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getInt(4),
                row.getString(5)))
        .list()
        .forEach(script ->
            variants.computeIfAbsent(script.version(), version -> new ArrayList<>()).add(script));
    return variants;
  }

  /// Makes these the pool's. Their versions are there.
  void replace(PoolName pool, List<MigrationScript> scripts) {
    jdbc.sql("delete from migration_variant where pool = ?").param(pool.value()).update();
    for (MigrationScript script : scripts) {
      jdbc.sql(
              """
              insert into migration_variant (pool, version, description, script, checksum, sql)
              values (?, ?, ?, ?, ?, ?)
              """)
          .param(pool.value())
          .param(script.version())
          .param(script.description())
          .param(script.script())
          .param(script.checksum())
          .param(script.sql())
          .update();
    }
  }
}
