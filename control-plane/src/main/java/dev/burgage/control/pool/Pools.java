package dev.burgage.control.pool;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The pools of the cell. Thread-safe.
@Component
public class Pools {
  private final PoolRepository rows;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Pools(PoolRepository rows, TransactionTemplate transaction, Clock clock) {
    this.rows = rows;
    this.transaction = transaction;
    this.clock = clock;
  }

  /// @throws BurgageException `unknown_pool`
  public Pool get(PoolName name) {
    return rows.findById(name.value()).map(PoolRow::toPool).orElseThrow(() -> unknown(name));
  }

  public List<Pool> list() {
    return rows.findAll().stream()
        .map(PoolRow::toPool)
        .sorted(Comparator.comparing(Pool::name))
        .toList();
  }

  /// @return whether the pool is new; making the same pool again is no error
  boolean create(PoolName name, Engine engine) {
    boolean isNew =
        transaction.execute(status ->
            rows.insert(
                    name.value(), engine.toString(), clock.instant().truncatedTo(ChronoUnit.MICROS))
                == 1);
    if (get(name).engine() != engine) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" is there already with another engine; choose another name".formatted(name));
    }
    return isNew;
  }

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
