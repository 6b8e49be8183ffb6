package dev.burgage.control.migration;

import dev.burgage.control.pool.MigrationSetId;
import dev.burgage.control.provisioning.SchemaSource;
import dev.burgage.migrations.apply.Trial;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The migration sets of the cell's pools. Thread-safe.
@Component
public class Migrations implements SchemaSource {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
  private static final int REGISTER_ATTEMPTS_MAX = 3;

  private final MigrationRepository rows;
  private final TransactionTemplate transaction;
  private final MigrationVariants variants;
  private final SchemaVersions schemas;
  private final Trial trial;
  private final Clock clock;
  private final MigrationSetReader reader = new MigrationSetReader();
  private final ConcurrentHashMap<PoolName, KnownSet> known = new ConcurrentHashMap<>();

  Migrations(
      MigrationRepository rows,
      TransactionTemplate transaction,
      MigrationVariants variants,
      SchemaVersions schemas,
      Trial trial,
      Clock clock) {
    this.rows = rows;
    this.transaction = transaction;
    this.variants = variants;
    this.schemas = schemas;
    this.trial = trial;
    this.clock = clock;
  }

  /// @return the pool's set in order
  List<RegisteredMigration> list(PoolName pool) {
    Map<String, List<MigrationScript>> others = variants.of(pool);
    return rows.findByKeyPool(pool.value()).stream()
        .map(row -> row.toMigration(others.getOrDefault(row.version(), List.of())))
        .sorted((one, other) -> one.compareVersion(other.script()))
        .toList();
  }

  /// What registering files would do.
  SetChange change(PoolName pool, List<MigrationFile> files) {
    return SetChange.of(list(pool), reader.read(files), engine(pool));
  }

  /// Adds scripts to the pool's set. All of the new set has run on throw-away databases before.
  ///
  /// @return the set as it is now
  /// @throws BurgageException `invalid_migration`, `migration_immutable`, or `conflict` while a
  ///   rollout is on its way to a version that would change
  List<RegisteredMigration> register(PoolName pool, List<MigrationFile> files) {
    List<MigrationScript> wanted = reader.read(files);
    for (int attempt = 0; attempt < REGISTER_ATTEMPTS_MAX; attempt++) {
      SetChange change = SetChange.of(list(pool), wanted, engine(pool));
      if (change.isNone()) {
        return list(pool);
      }
      List<Schema> made = trial.run(change.result().scripts());
      if (Boolean.TRUE.equals(
          transaction.execute(status -> carryOut(pool, wanted, change, made)))) {
        return list(pool);
      }
    }
    throw new BurgageException(
        ErrorCode.CONFLICT,
        "the migrations of pool \"%s\" changed meanwhile; repeat the request".formatted(pool));
  }

  /// @return false if the set is no longer the one that was tried
  private boolean carryOut(
      PoolName pool, List<MigrationScript> wanted, SetChange tried, List<Schema> made) {
    if (rows.lockToChange(pool.value()).isEmpty()) {
      throw unknownPool(pool);
    }
    if (!SetChange.of(list(pool), wanted, engine(pool)).equals(tried)) {
      return false;
    }
    rows.rolloutVersion(pool.value()).ifPresent(version -> checkAfter(version, tried));
    tried.replaced().forEach(old -> rows.remove(pool.value(), old.script().version()));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    rows.saveAll(
        tried.added().stream().map(script -> new MigrationRow(pool, script, now)).toList());
    rows.rename(pool.value());
    variants.replace(pool, tried.result().others());
    schemas.store(pool, tried.result().scripts(), made);
    rows.follow(pool.value(), tried.result().scripts().getLast().version());
    return true;
  }

  private Engine engine(PoolName pool) {
    return read(pool).schema().template().engine();
  }

  /// What the schema of a database at a version should be. Sets that were registered before it was
  /// kept are tried once more when they are first asked for.
  ///
  /// @return empty if the pool has no such version, or its set fails by the rules of today
  public Optional<ExpectedSchema> expected(PoolName pool, String version) {
    Optional<ExpectedSchema> found = schemas.find(pool, version);
    if (found.isPresent()) {
      return found;
    }
    List<MigrationScript> scripts = read(pool).scripts();
    if (scripts.stream().noneMatch(script -> script.version().equals(version))) {
      return Optional.empty();
    }
    try {
      List<Schema> made = trial.run(scripts);
      return transaction.execute(status -> {
        hold(pool);
        if (scripts.equals(read(pool).scripts())) {
          schemas.store(pool, scripts, made);
        }
        return schemas.find(pool, version);
      });
    } catch (BurgageException e) {
      LOG.warn("Pool {}: the schema of version {} is not known", pool, version, e);
      return Optional.empty();
    }
  }

  private static void checkAfter(String version, SetChange change) {
    for (MigrationScript script : change.added()) {
      if (MigrationSetReader.compareVersions(script.version(), version) <= 0) {
        throw new BurgageException(
            ErrorCode.CONFLICT,
            "a rollout to version %s is under way, so \"%s\" cannot change now; abort it, or repeat the request when it has finished"
                .formatted(version, script.script()));
      }
    }
  }

  // What once was applied stays so: a set that is known to be applied as a whole needs no look.
  @Override
  public PoolSchema known(PoolName pool) {
    KnownSet seen = known.get(pool);
    return seen == null || seen.unapplied() ? current(pool) : seen.schema();
  }

  /// What a new database of the pool is copied from: the set up to the version that the pool is at.
  /// From now on that counts as applied.
  @Override
  public PoolSchema current(PoolName pool) {
    KnownSet set = read(pool);
    return set.unapplied() ? claim(pool) : set.schema();
  }

  // The lock keeps the set from being changed between its reading and its mark.
  private PoolSchema claim(PoolName pool) {
    return transaction.execute(status -> {
      hold(pool);
      KnownSet set = read(pool);
      markApplied(pool, set.schema().template().scripts());
      return set.schema();
    });
  }

  /// Keeps the pool's set as it is until the present transaction ends.
  public void hold(PoolName pool) {
    if (rows.lockToRead(pool.value()).isEmpty()) {
      throw unknownPool(pool);
    }
  }

  /// @param version the last one wanted, or null for the newest
  /// @return the pool's scripts up to the version, in order
  /// @throws BurgageException `invalid_request` if there is no such version
  public List<MigrationScript> upTo(PoolName pool, @Nullable String version) {
    List<MigrationScript> scripts = read(pool).scripts();
    if (version == null) {
      return scripts;
    }
    for (int i = 0; i < scripts.size(); i++) {
      if (scripts.get(i).version().equals(version)) {
        return scripts.subList(0, i + 1);
      }
    }
    throw new BurgageException(
        ErrorCode.INVALID_REQUEST,
        "pool \"%s\" has no migration of version \"%s\"; GET /v1/pools/%s/migrations lists them"
            .formatted(pool, version, pool));
  }

  /// The version, and those of the pool's set that come after it.
  public List<String> from(PoolName pool, String version) {
    return read(pool).scripts().stream()
        .map(MigrationScript::version)
        .filter(other -> MigrationSetReader.compareVersions(other, version) >= 0)
        .toList();
  }

  /// The version that the pool is at: its new tenants are made at it; null for none.
  public @Nullable String poolVersion(PoolName pool) {
    return rows.state(pool.value()).orElseThrow(() -> unknownPool(pool)).getVersion();
  }

  /// Takes the pool to a version, in the present transaction. Templates that processes remember are
  /// not used for another tenant from then on.
  ///
  /// @param version null for none
  public void move(PoolName pool, @Nullable String version) {
    if (rows.lockToChange(pool.value()).isEmpty()) {
      throw unknownPool(pool);
    }
    rows.move(pool.value(), version);
  }

  /// Some database may have these from now on.
  public void markApplied(PoolName pool, List<MigrationScript> scripts) {
    List<String> versions = scripts.stream().map(MigrationScript::version).toList();
    if (!versions.isEmpty()) {
      transaction.executeWithoutResult(
          status -> rows.markApplied(pool.value(), versions, clock.instant()));
    }
  }

  // Scripts can be megabytes; they are read again only when it is another set.
  private KnownSet read(PoolName pool) {
    var state = rows.state(pool.value()).orElseThrow(() -> unknownPool(pool));
    var id = new MigrationSetId(state.getId());
    KnownSet old = known.get(pool);
    KnownSet set =
        old != null && old.schema().set().equals(id)
            ? old.as(state.getUnapplied())
            : KnownSet.of(id, state, scripts(pool));
    known.put(pool, set);
    return set;
  }

  private List<MigrationScript> scripts(PoolName pool) {
    return list(pool).stream().map(RegisteredMigration::script).toList();
  }

  private static BurgageException unknownPool(PoolName pool) {
    return new BurgageException(
        ErrorCode.UNKNOWN_POOL,
        "there is no pool \"%s\"; POST /v1/pools makes one".formatted(pool));
  }

  /// The set as it was read last.
  ///
  /// @param schema what new tenants are made from: the scripts up to the pool's version
  /// @param unapplied whether one of those is not marked as applied
  private record KnownSet(PoolSchema schema, List<MigrationScript> scripts, boolean unapplied) {
    static KnownSet of(
        MigrationSetId id, MigrationRepository.SetState state, List<MigrationScript> scripts) {
      String version = state.getVersion();
      List<MigrationScript> reached =
          scripts.stream()
              .filter(script ->
                  version != null
                      && MigrationSetReader.compareVersions(script.version(), version) <= 0)
              .toList();
      PoolSchema schema = PoolSchema.of(id, new Template(Engine.parse(state.getEngine()), reached));
      return new KnownSet(schema, scripts, false).as(state.getUnapplied());
    }

    KnownSet as(@Nullable String versions) {
      Set<String> unmarked = versions == null ? Set.of() : Set.of(versions.split(" "));
      return new KnownSet(
          schema,
          scripts,
          schema.template().scripts().stream().anyMatch(s -> unmarked.contains(s.version())));
    }
  }
}
