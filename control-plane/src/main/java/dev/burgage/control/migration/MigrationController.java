package dev.burgage.control.migration;

import dev.burgage.control.pool.Pools;
import dev.burgage.migrations.script.EngineVariant;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
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

  @PostMapping(consumes = {"application/x-tar", "application/gzip"})
  @Operation(
      summary = "Register a folder of migrations",
      description =
          "A tar, plain or compressed by gzip, of *.sql files in its top or in one folder.")
  MigrationSet registerArchive(
      @Schema(type = "string") @PathVariable PoolName pool,
      @RequestHeader("Content-Type") String contentType,
      InputStream body) {
    pools.get(pool);
    boolean gzip = contentType.startsWith("application/gzip");
    List<RegisteredMigration> set = migrations.register(pool, MigrationArchive.read(body, gzip));
    return MigrationSet.of(set, migrations.poolVersion(pool));
  }

  @PostMapping(consumes = "application/json")
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
      @Schema(description = "Scripts of the version that the pool's engine does not run.")
          List<Variant> variants,
      @Schema(description = "Only when one migration is asked for.") @Nullable String sql) {
    static Migration of(RegisteredMigration migration, @Nullable String sql) {
      return new Migration(
          migration.script().version(),
          migration.script().description(),
          migration.script().script(),
          migration.script().checksum(),
          migration.registeredAt(),
          migration.appliedAt(),
          migration.variants().stream().map(v -> Variant.of(v, sql != null)).toList(),
          sql);
    }
  }

  @Schema(description = "A script of a version that the pool's engine does not run.")
  record Variant(
      @Schema(description = "Missing for one that is for any engine.", example = "postgresql")
          @Nullable String engine,
      @Schema(example = "V1__init.postgresql.sql") String script,
      int checksum,
      @Schema(description = "Only when one migration is asked for.") @Nullable String sql) {
    static Variant of(MigrationScript script, boolean withSql) {
      String engine = EngineVariant.engine(script.script());
      return new Variant(
          engine.isEmpty() ? null : engine,
          script.script(),
          script.checksum(),
          withSql ? script.sql() : null);
    }
  }
}
