package dev.burgage.control.migration;

import dev.burgage.migrations.schema.Schema;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.SchemaObject;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;

/// Table `schema_version`.
@Component
class SchemaVersions {
  private static final TypeReference<List<SchemaObject>> OBJECTS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  SchemaVersions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<ExpectedSchema> find(PoolName pool, String version) {
    return jdbc.sql(
            """
            select fingerprint, cast(objects as text) from schema_version
            where pool = ? and version = ? and format = ?
            """)
        .param(pool.value())
        .param(version)
        .param(Schema.FORMAT)
        .query((row, number) ->
            new ExpectedSchema(
                version, row.getString(1), Json.mapper().readValue(row.getString(2), OBJECTS)))
        .optional();
  }

  /// @param schemas after each of the scripts; rows that are the same already are not written
  void store(PoolName pool, List<MigrationScript> scripts, List<Schema> schemas) {
    for (int i = 0; i < scripts.size(); i++) {
      jdbc.sql(
              """
              insert into schema_version as v (pool, version, format, fingerprint, objects)
              select m.pool, m.version, ?, ?, cast(? as jsonb) from migration m
              where m.pool = ? and m.version = ?
              on conflict (pool, version) do update
              set format = excluded.format, fingerprint = excluded.fingerprint,
                  objects = excluded.objects
              where (v.format, v.fingerprint) <> (excluded.format, excluded.fingerprint)
              """)
          .param(Schema.FORMAT)
          .param(schemas.get(i).fingerprint())
          .param(Json.mapper().writeValueAsString(schemas.get(i).objects()))
          .param(pool.value())
          .param(scripts.get(i).version())
          .update();
    }
  }
}
