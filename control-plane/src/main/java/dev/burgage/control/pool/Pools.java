package dev.burgage.control.pool;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.SqlLimits;
import dev.burgage.protocol.binding.TokenScope;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The pools of the cell. Thread-safe.
@Component
public class Pools {
  private static final long COPY_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final PoolRepository rows;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private volatile Limited limited = new Limited(List.of(), 0, /* known= */ false);

  Pools(PoolRepository rows, TransactionTemplate transaction, Clock clock) {
    this.rows = rows;
    this.transaction = transaction;
    this.clock = clock;
  }

  /// @throws BurgageException `unknown_pool`
  public Pool get(PoolName name) {
    return rows.findById(name.value()).map(PoolRow::toPool).orElseThrow(() -> unknown(name));
  }

  /// The pools within a scope: all, or the one that it names, by name.
  public List<Pool> list(TokenScope scope) {
    List<PoolRow> found =
        scope.pool() == null
            ? rows.findAll()
            : rows.findById(scope.pool().value()).stream().toList();
    return found.stream().map(PoolRow::toPool).sorted(Comparator.comparing(Pool::name)).toList();
  }

  /// @param tenantsMax null for no maximum
  /// @return whether the pool is new; making the same pool again is no error
  boolean create(
      PoolName name, Engine engine, SqlLimitsRequest limits, @Nullable Integer tenantsMax) {
    SqlLimits wanted = limits.over(SqlLimits.DEFAULT);
    boolean isNew =
        transaction.execute(status ->
            rows.insert(
                    name.value(),
                    engine.toString(),
                    clock.instant().truncatedTo(ChronoUnit.MICROS),
                    wanted,
                    tenantsMax)
                == 1);
    Pool there = get(name);
    if (there.engine() != engine) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" is there already with another engine; choose another name".formatted(name));
    }
    if (!limits.over(there.limits()).equals(there.limits())
        || (tenantsMax != null && !tenantsMax.equals(there.tenantsMax()))) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" is there already with other limits; PATCH /v1/pools/%s changes them"
              .formatted(name, name));
    }
    return isNew;
  }

  /// Changes limits of SQL; nodes know them within two seconds.
  ///
  /// @throws BurgageException `unknown_pool`, `invalid_request`
  Pool limit(PoolName name, SqlLimitsRequest limits) {
    limits.over(SqlLimits.DEFAULT); // refuses what is out of its range
    Integer changed =
        transaction.execute(status ->
            rows.limit(
                name.value(),
                limits.parametersMax(),
                limits.patternBytesMax(),
                limits.columnsMax()));
    if (changed == null || changed == 0) {
      throw unknown(name);
    }
    limited = new Limited(limited.pools(), /* readAtNanos= */ 0, /* known= */ false);
    return get(name);
  }

  /// Sets the most tenants that the pool may have, or lifts that.
  ///
  /// @param tenantsMax null for no maximum
  /// @throws BurgageException `unknown_pool`
  Pool limitTenants(PoolName name, @Nullable Integer tenantsMax) {
    Boolean found = transaction.execute(status -> rows.limitTenants(name.value(), tenantsMax));
    if (!Boolean.TRUE.equals(found)) {
      throw unknown(name);
    }
    return get(name);
  }

  /// The pools whose limits of SQL are not the usual ones, by name: from a copy at most a second
  /// old.
  public List<FeedMessage.PoolLimits> limited() {
    Limited copy = limited;
    long now = System.nanoTime();
    if (copy.known() && now - copy.readAtNanos() < COPY_NANOS_MAX) {
      return copy.pools();
    }
    List<FeedMessage.PoolLimits> read =
        rows.limited(SqlLimits.DEFAULT).stream()
            .map(PoolRow::toPool)
            .map(pool -> new FeedMessage.PoolLimits(pool.name(), pool.limits()))
            .toList();
    limited = new Limited(read, now, /* known= */ true);
    return read;
  }

  private record Limited(List<FeedMessage.PoolLimits> pools, long readAtNanos, boolean known) {}

  /// @throws BurgageException `pool_not_empty` or `unknown_pool`
  void delete(PoolName name) {
    try {
      transaction.executeWithoutResult(status -> {
        rows.forgetTombstones(name.value(), clock.instant());
        if (rows.remove(name.value()) == 0) {
          throw unknown(name);
        }
      });
    } catch (DataIntegrityViolationException e) {
      throw new BurgageException(
          ErrorCode.POOL_NOT_EMPTY,
          "pool \"%s\" has tenants, some perhaps deleted and still recoverable; it can go when they are purged"
              .formatted(name),
          e);
    }
  }

  private static BurgageException unknown(PoolName name) {
    return new BurgageException(
        ErrorCode.UNKNOWN_POOL,
        "there is no pool \"%s\"; POST /v1/pools makes one".formatted(name));
  }
}
