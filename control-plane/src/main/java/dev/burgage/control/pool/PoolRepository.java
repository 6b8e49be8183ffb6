package dev.burgage.control.pool;

import dev.burgage.protocol.binding.SqlLimits;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.ListCrudRepository;

interface PoolRepository extends ListCrudRepository<PoolRow, String> {
  /// @return 1 if the pool is new, else 0
  @Modifying
  @NativeQuery(
      """
      insert into pool (name, engine, created_at, parameters_max, pattern_bytes_max, columns_max,
        tenants_max)
      values (:name, :engine, :createdAt, :#{#limits.parametersMax}, :#{#limits.patternBytesMax},
        :#{#limits.columnsMax}, cast(:tenantsMax as integer))
      on conflict do nothing
      """)
  int insert(
      String name,
      String engine,
      Instant createdAt,
      SqlLimits limits,
      @Nullable Integer tenantsMax);

  /// A change in one statement, so that two at once each keep what the other set; null leaves it.
  ///
  /// @return 1, or 0 if there is no such pool
  @Modifying
  @NativeQuery(
      """
      update pool set parameters_max = coalesce(cast(:parameters as integer), parameters_max),
        pattern_bytes_max = coalesce(cast(:patternBytes as integer), pattern_bytes_max),
        columns_max = coalesce(cast(:columns as integer), columns_max)
      where name = :name
      """)
  int limit(
      String name,
      @Nullable Integer parameters,
      @Nullable Integer patternBytes,
      @Nullable Integer columns);

  /// Counts the pool's tenants, once, and holds it while it does.
  ///
  /// @param tenantsMax null lifts the maximum
  /// @return whether there is such a pool
  @NativeQuery("select set_tenants_max(:name, cast(:tenantsMax as integer))")
  boolean limitTenants(String name, @Nullable Integer tenantsMax);

  /// Pools whose limits of SQL are not the usual ones.
  @NativeQuery(
      """
      select * from pool
      where (parameters_max, pattern_bytes_max, columns_max)
        is distinct from (:#{#usual.parametersMax}, :#{#usual.patternBytesMax}, :#{#usual.columnsMax})
      order by name
      """)
  List<PoolRow> limited(SqlLimits usual);

  @NativeQuery("select forget_tombstones(:name, :now)")
  long forgetTombstones(String name, Instant now);

  @Modifying
  @Query("delete from PoolRow where name = :name")
  int remove(String name);
}
