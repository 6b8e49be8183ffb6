package dev.burgage.control.migration;

import dev.burgage.control.pool.Pools;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/migrations")
@Tag(name = "Migrations")
class MigrationController {
  private final Migrations migrations;
  private final Pools pools;

  MigrationController(Migrations migrations, Pools pools) {
    this.migrations = migrations;
    this.pools = pools;
  }

  @PostMapping
  @Operation(
      summary = "Register migrations",
      description =
          "Adds the files to the pool's set; what is registered already stays. The whole set is"
              + " tried on a throw-away database first. 409 `migration_immutable` if an applied"
              + " migration would change, or a new one would come before it.")
  MigrationSet register(
      @Schema(type = "string") @PathVariable PoolName pool, @RequestBody NewMigrations request) {
    pools.get(pool);
    List<RegisteredMigration> set = migrations.register(pool, request.files());
    return MigrationSet.of(set, migrations.poolVersion(pool));
  }

  @GetMapping
  @Operation(summary = "List a pool's migrations, in the order in which they apply")
  MigrationSet list(@Schema(type = "string") @PathVariable PoolName pool) {
    pools.get(pool);
    return MigrationSet.of(migrations.list(pool), migrations.poolVersion(pool));
  }

  @GetMapping("/{version}")
  @Operation(summary = "Get a migration with its SQL")
  Migration get(
      @Schema(type = "string") @PathVariable PoolName pool, @PathVariable String version) {
    pools.get(pool);
    return migrations.list(pool).stream()
        .filter(migration -> migration.script().version().equals(version))
        .findFirst()
        .map(migration -> Migration.of(migration, migration.script().sql()))
        .orElseThrow(() ->
            new BurgageException(
                ErrorCode.NOT_FOUND,
                "pool \"%s\" has no migration of that version; GET /v1/pools/%s/migrations lists them"
                    .formatted(pool, pool)));
  }

  @Schema(description = "Migration files to register.")
  record NewMigrations(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable List<@Nullable NewMigration> migrations) {
    List<MigrationFile> files() {
      if (migrations == null || migrations.isEmpty()) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST,
            "\"migrations\" is missing or empty; send {\"migrations\": [{\"name\":"
                + " \"V1__init.sql\", \"sql\": \"…\"}]}");
      }
      return migrations.stream().map(NewMigrations::file).toList();
    }

    private static MigrationFile file(@Nullable NewMigration migration) {
      if (migration == null || migration.name() == null || migration.sql() == null) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST,
            "every one of \"migrations\" needs \"name\" and \"sql\"; send {\"name\":"
                + " \"V1__init.sql\", \"sql\": \"…\"}");
      }
      return new MigrationFile(migration.name(), migration.sql());
    }
  }

  @Schema(description = "A migration file.")
  record NewMigration(
      @Schema(example = "V1__init.sql", requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String name,
      @Schema(
              example = "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String sql) {}

  @Schema(description = "A pool's migrations, in the order in which they apply.")
  record MigrationSet(
      List<Migration> migrations,
      @Schema(
              description =
                  "The version that the pool is at: new tenants get it. A pool without tenants"
                      + " follows what is registered; else the last wave of a rollout takes it"
                      + " there.",
              example = "3")
          @Nullable String schemaVersion) {
    static MigrationSet of(List<RegisteredMigration> set, @Nullable String poolVersion) {
      return new MigrationSet(
          set.stream().map(migration -> Migration.of(migration, null)).toList(), poolVersion);
    }
  }

  @Schema(description = "A registered migration.")
  record Migration(
      @Schema(example = "1") String version,
      @Schema(example = "init") String description,
      @Schema(example = "V1__init.sql") String script,
      @Schema(description = "Flyway's checksum.") int checksum,
      Instant registeredAt,
      @Schema(description = "Since when some database may have it; it cannot change any more.")
          @Nullable Instant appliedAt,
      @Schema(description = "Only when one migration is asked for.") @Nullable String sql) {
    static Migration of(RegisteredMigration migration, @Nullable String sql) {
      return new Migration(
          migration.script().version(),
          migration.script().description(),
          migration.script().script(),
          migration.script().checksum(),
          migration.registeredAt(),
          migration.appliedAt(),
          sql);
    }
  }
}
