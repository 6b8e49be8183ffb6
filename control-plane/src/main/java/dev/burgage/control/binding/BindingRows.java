package dev.burgage.control.binding;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Reads table `binding` in the order of its changes. The statements are plain SQL because the
/// cursor is: see DESIGN.md for why it must look like this. Each is one statement, hence one
/// snapshot.
@Component
class BindingRows {
  /// Rows a page has at most.
  static final int PAGE = 5_000;

  private static final String COLUMNS =
      """
      b.pool, b.tenant, b.database_id, b.engine, b.node, b.generation, b.version, b.state,
      b.size_bytes_max, b.statement_millis_max, b.revision
      """;

  /// What nodes serve by. A database that is being purged is still a deleted one to them.
  private static final String SERVED = "('active', 'suspended', 'deleted', 'purging')";

  // A row that is being made for the first time is nobody's business yet; one that takes the place
  // of a tombstone is
  // still that tombstone.
  private static final String CHANGES =
      """
      select h.horizon, h.newest, %s
      from (select revision as horizon,
                   (select revision from binding order by changed_xid desc, changed_seq desc limit 1) as newest,
                   pg_snapshot_xmin(pg_current_snapshot()) as settled
            from feed_horizon) h
      left join lateral (
        select * from binding
        where (changed_xid, changed_seq) > (cast(cast(? as text) as xid8), ?)
          and changed_xid < h.settled
          and not (state = 'provisioning' and version = 0)
        order by changed_xid, changed_seq
        limit %d) b on true
      order by b.changed_xid, b.changed_seq
      """
          .formatted(COLUMNS, PAGE);

  private static final String NEWEST_SETTLED =
      """
      select greatest(
        (select revision from feed_horizon),
        (select revision collate "C" from binding
         where changed_xid < pg_snapshot_xmin(pg_current_snapshot())
         order by changed_xid desc, changed_seq desc limit 1))
      """;

  private static final String BY_NAME =
      """
      select %s from binding b
      where (b.pool, b.tenant) > (?, ?) and b.state in %s
      order by b.pool, b.tenant
      limit %d
      """
          .formatted(COLUMNS, SERVED, PAGE);

  private static final String ONE =
      "select %s from binding b where b.pool = ? and b.tenant = ? and b.state in %s"
          .formatted(COLUMNS, SERVED);

  private final JdbcClient jdbc;

  BindingRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// The newest revision such that every change up to it is visible now.
  Revision settled() {
    return Revision.parse(jdbc.sql(NEWEST_SETTLED).query(String.class).single());
  }

  /// The changes after a position, as far as they are settled.
  ChangePage changesAfter(Revision after) {
    var messages = new ArrayList<FeedMessage>();
    var cursor = new Cursor(after);
    jdbc.sql(CHANGES)
        .param(Long.toString(after.transaction()))
        .param(after.sequence())
        .query(row -> {
          cursor.forgotten = Revision.parse(row.getString("horizon"));
          cursor.newest = parse(row.getString("newest"));
          if (row.getString("pool") != null) {
            messages.add(message(row));
            cursor.last = Revision.parse(row.getString("revision"));
          }
        });
    return new ChangePage(messages, cursor.last, messages.size() < PAGE, cursor.isLost(after));
  }

  /// Bindings by name, for a snapshot.
  ///
  /// @param after the last of the page before, or empty
  List<Binding> page(Optional<Binding> after) {
    return jdbc.sql(BY_NAME)
        .param(after.map(last -> last.pool().value()).orElse(""))
        .param(after.map(last -> last.tenant().value()).orElse(""))
        .query((row, number) -> binding(row))
        .list();
  }

  Optional<Binding> find(PoolName pool, TenantId tenant) {
    return jdbc.sql(ONE)
        .param(pool.value())
        .param(tenant.value())
        .query((row, number) -> binding(row))
        .optional();
  }

  private static FeedMessage message(ResultSet row) throws SQLException {
    return switch (row.getString("state")) {
      case "active", "suspended", "deleted", "purging" -> new FeedMessage.Changed(binding(row));
      default ->
          new FeedMessage.Removed(
              new PoolName(row.getString("pool")),
              new TenantId(row.getString("tenant")),
              row.getLong("version"));
    };
  }

  private static Binding binding(ResultSet row) throws SQLException {
    String state = row.getString("state");
    return new Binding(
        new PoolName(row.getString("pool")),
        new TenantId(row.getString("tenant")),
        new DatabaseId(row.getObject("database_id", UUID.class)),
        Engine.parse(row.getString("engine")),
        new NodeName(row.getString("node")),
        row.getLong("generation"),
        row.getLong("version"),
        state.equals("purging") ? BindingState.DELETED : BindingState.parse(state),
        new Limits(row.getLong("size_bytes_max"), row.getInt("statement_millis_max")));
  }

  private static Revision parse(@Nullable String text) {
    return text == null ? Revision.NONE : Revision.parse(text);
  }

  /// Settled changes after a position.
  ///
  /// @param position where a reader is after them: the revision of the last, never a bare
  ///   transaction id, which a crashed PostgreSQL may give out again
  /// @param exhausted whether there are no more now
  /// @param lost whether the position was so old that a tombstone may be gone, or is none of this
  ///   database: the reader needs a snapshot
  record ChangePage(
      List<FeedMessage> messages, Revision position, boolean exhausted, boolean lost) {}

  private static final class Cursor {
    private Revision forgotten = Revision.NONE;
    private Revision newest = Revision.NONE;
    private Revision last;

    Cursor(Revision after) {
      this.last = after;
    }

    boolean isLost(Revision after) {
      boolean tooOld = after.compareTo(forgotten) < 0;
      boolean foreign = after.compareTo(newest) > 0 && after.compareTo(forgotten) > 0;
      return tooOld || foreign;
    }
  }
}
