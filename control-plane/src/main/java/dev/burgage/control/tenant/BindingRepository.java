package dev.burgage.control.tenant;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.ListCrudRepository;

interface BindingRepository extends ListCrudRepository<BindingRow, BindingRow.Key> {
  /// The row, locked until the end of the transaction, so that its version can be compared. (Left
  /// to itself, Hibernate's `update … returning` takes a lost race for a broken database.)
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  Optional<BindingRow> findByKey(BindingRow.Key key);

  Optional<BindingRow> findByDatabaseId(UUID databaseId);

  /// Rows in a state that nobody has touched since, the oldest first.
  @NativeQuery(
      """
      select * from binding where state = :state and updated_at < :untouchedSince
      order by updated_at limit :limit
      """)
  List<BindingRow> stale(String state, Instant untouchedSince, int limit);

  @NativeQuery(
      """
      select * from binding where state = 'deleted' and purge_at <= :now order by purge_at limit :limit
      """)
  List<BindingRow> purgeable(Instant now, int limit);

  @NativeQuery("select forget_tombstones(null, :untouchedSince)")
  long forgetTombstones(Instant untouchedSince);
}
