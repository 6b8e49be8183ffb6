package dev.burgage.control.tenant;

import java.time.Instant;
import java.util.List;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.ListCrudRepository;

interface BindingRepository extends ListCrudRepository<BindingRow, BindingRow.Key> {
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
