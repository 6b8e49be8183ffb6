package dev.burgage.control.cloudflare.database;

import dev.burgage.control.cloudflare.DatabaseName;
import dev.burgage.control.cloudflare.Page;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Pages of a pool's databases, by name. Totals of large pools are up to 10 s old. Thread-safe.
@Component
class DatabaseListing {
  /// Up to here counting rows costs less than a surprise.
  private static final int COUNTED_EACH_TIME = 1_000;

  private static final int TOTAL_EXACT_BELOW = 10_000;
  private static final Duration TOTAL_AGE_MAX = Duration.ofSeconds(10);
  private static final String THERE = " where pool = :pool and state in ('active', 'suspended')";

  // Settings are looked up for the rows of the page only, not for those that are passed over.
  private static final String PAGE =
      """
      select tenant, b.database_id, created_at, jurisdiction
      from (select tenant, database_id, created_at from binding %s and tenant > :after
            order by tenant offset :offset limit :limit) b
      left join database_setting using (database_id)
      order by tenant
      """
          .formatted(THERE);

  // Every name is read for it, so the total is counted on the way.
  private static final String SEARCH =
      """
      select tenant, b.database_id, created_at, jurisdiction, total
      from (select tenant, database_id, created_at, count(*) over () as total from binding %s
            and position(:text in tenant) > 0
            order by tenant <> :exact, tenant offset :offset limit :limit) b
      left join database_setting using (database_id)
      order by tenant <> :exact, tenant
      """
          .formatted(THERE);

  private final JdbcClient jdbc;
  private final PageStarts starts;
  private final Clock clock;
  private final Map<PoolName, Total> totals = new ConcurrentHashMap<>();

  DatabaseListing(JdbcClient jdbc, PageStarts starts, Clock clock) {
    this.jdbc = jdbc;
    this.starts = starts;
    this.clock = clock;
  }

  record Listed(TenantId tenant, DatabaseId id, Instant createdAt, @Nullable String jurisdiction) {
    static Listed of(Tenant tenant) {
      return new Listed(
          tenant.key().tenant(), tenant.place().database(), tenant.times().createdAt(), null);
    }

    static Listed of(ResultSet row) throws SQLException {
      return new Listed(
          new TenantId(row.getString("tenant")),
          new DatabaseId(row.getObject("database_id", UUID.class)),
          row.getObject("created_at", OffsetDateTime.class).toInstant(),
          row.getString("jurisdiction"));
    }
  }

  /// A page of what was found.
  ///
  /// @param total of all pages
  record Found(List<Listed> rows, long total) {}

  private record Total(long count, long countedAtMillis) {}

  List<Listed> page(PoolName pool, Page page) {
    Optional<String> after =
        page.offset() < COUNTED_EACH_TIME ? Optional.empty() : starts.find(pool, page.offset());
    List<Listed> found =
        jdbc.sql(PAGE)
            .param("pool", pool.value())
            .param("after", after.orElse(""))
            .param("offset", after.isPresent() ? 0 : page.offset())
            .param("limit", page.size())
            .query((row, _) -> Listed.of(row))
            .list();
    if (found.size() == page.size()) {
      starts.remember(pool, page.offset() + page.size(), found.getLast().tenant().value());
    }
    return found;
  }

  long total(PoolName pool) {
    Total known = totals.get(pool);
    if (known != null
        && known.count() >= TOTAL_EXACT_BELOW
        && clock.millis() - known.countedAtMillis() < TOTAL_AGE_MAX.toMillis()) {
      return known.count();
    }
    long count =
        jdbc.sql("select count(*) from binding" + THERE)
            .param("pool", pool.value())
            .query(Long.class)
            .single();
    totals.put(pool, new Total(count, clock.millis()));
    return count;
  }

  /// Databases whose name contains a text; the one that is it comes first.
  Found search(PoolName pool, String text, Page page) {
    var totals = new ArrayList<Long>(1);
    List<Listed> rows =
        jdbc.sql(SEARCH)
            .param("pool", pool.value())
            .param("text", text)
            .param("exact", new DatabaseName(text).id())
            .param("offset", page.offset())
            .param("limit", page.size())
            .query((row, _) -> {
              totals.add(row.getLong("total"));
              return Listed.of(row);
            })
            .list();
    if (totals.isEmpty()) { // none, or a page behind the last
      return new Found(rows, page.offset() == 0 ? 0 : count(pool, text));
    }
    return new Found(rows, totals.getFirst());
  }

  private long count(PoolName pool, String text) {
    return jdbc.sql("select count(*) from binding" + THERE + " and position(:text in tenant) > 0")
        .param("pool", pool.value())
        .param("text", text)
        .query(Long.class)
        .single();
  }
}
