package dev.burgage.control.node;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.ListCrudRepository;

/// Statements by SQL where the database's clock or the stream's id decides.
interface NodeRepository extends ListCrudRepository<NodeRow, String> {
  @Modifying
  @NativeQuery(
      """
      update node set url = :url, order_token = :orderToken, stream = :stream, seen_at = now(),
        quarantined = cast(:quarantined as jsonb)
      where name = :name
      """)
  int join(String name, String url, String orderToken, UUID stream, String quarantined);

  @Modifying
  @NativeQuery(
      """
      update node set quarantined = (
        select coalesce(jsonb_agg(q), '[]') from jsonb_array_elements(quarantined) q
        where q ->> 'database' <> :database)
      where name = :name
      """)
  int release(String name, String database);

  /// @return 0 if the stream is not the node's any more
  @Modifying
  @NativeQuery(
      """
      update node set seen_at = now(), acknowledged = coalesce(:acknowledged, acknowledged)
      where name = :name and stream = :stream
      """)
  int beat(String name, UUID stream, @Nullable String acknowledged);

  @Modifying
  @NativeQuery("update node set stream = null where name = :name and stream = :stream")
  int leave(String name, UUID stream);

  @Modifying
  @NativeQuery("update node set token_sha256 = :digest where name = :name")
  int replaceToken(String name, String digest);

  /// @return 0 if there is no such node or it lives
  @Modifying
  @NativeQuery(
      """
      delete from node
      where name = :name and (stream is null or seen_at is null or seen_at < now() - interval '10 seconds')
      """)
  int deleteGone(String name);

  @NativeQuery(
      "select node as name, count(*) as databases from binding where state <> 'purged' group by"
          + " node")
  List<Load> loads();

  /// The oldest change of each node that has joined which it is not known to serve by, of those
  /// that nodes see.
  @NativeQuery(
      """
      select n.name,
             greatest(0, cast(extract(epoch from now() - b.updated_at) * 1000 as bigint)) as millis
      from node n left join lateral (
        select updated_at from binding
        where (changed_xid, changed_seq) >
            (cast(cast(cast(cast('x' || left(n.acknowledged, 16) as bit(64)) as bigint) as text) as xid8),
             cast(cast('x' || right(n.acknowledged, 16) as bit(64)) as bigint))
          and not (state = 'provisioning' and version = 0)
        order by changed_xid, changed_seq limit 1) b on true
      where n.acknowledged is not null
      """)
  List<Lag> lags();

  /// How old the oldest change is that a node is not known to have; 0 if it has all.
  interface Lag {
    String getName();

    long getMillis();
  }

  /// How many databases a node has.
  interface Load {
    String getName();

    long getDatabases();
  }
}
