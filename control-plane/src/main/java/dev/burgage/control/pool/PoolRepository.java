package dev.burgage.control.pool;

import java.time.Instant;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.ListCrudRepository;

interface PoolRepository extends ListCrudRepository<PoolRow, String> {
  /// @return 1 if the pool is new, else 0
  @Modifying
  @NativeQuery(
      "insert into pool (name, engine, created_at) values (:name, :engine, :createdAt) on conflict"
          + " do nothing")
  int insert(String name, String engine, Instant createdAt);

  @NativeQuery("select forget_tombstones(:name, :now)")
  long forgetTombstones(String name, Instant now);

  @Modifying
  @Query("delete from PoolRow where name = :name")
  int remove(String name);
}
