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
      update node set url = :url, order_token = :orderToken, stream = :stream, seen_at = now()
      where name = :name
      """)
  int join(String name, String url, String orderToken, UUID stream);

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

  /// How many databases a node has.
  interface Load {
    String getName();

    long getDatabases();
  }
}
