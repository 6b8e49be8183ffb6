package dev.burgage.control.token;

import dev.burgage.control.access.TokenDigest;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Table `token`. Triggers count each change and withdraw a tenant's tokens when it goes: see the
/// migration that makes it.
@Component
class TokenRows {
  private static final String COLUMNS =
      "t.id, t.sha256, t.pool, t.tenant, t.access_right, t.description, t.created_at, t.expires_at";

  private static final String VALUES =
      "cast(:id as uuid), :sha256, cast(:pool as text), cast(:tenant as text), :right,"
          + " :description, cast(:createdAt as timestamptz), cast(:expiresAt as timestamptz)";

  private static final String INSERT =
      "insert into token (id, sha256, pool, tenant, access_right, description, created_at,"
          + " expires_at) select "
          + VALUES;

  // Locked: whoever takes the tenant's name away at the same time takes this token with it.
  private static final String OF_TENANT =
      """
       from binding where pool = :pool and tenant = :tenant
         and state in ('provisioning', 'active', 'suspended', 'deleted') for share
      """;

  private static final String LIST =
      """
      select l.edition, %s from token_list l left join token t on true
      """
          .formatted(COLUMNS);

  private static final String PAGE =
      """
      select %s from token t
      where (t.created_at, t.id) > (cast(:createdAt as timestamptz), cast(:id as uuid))
      order by t.created_at, t.id limit :limit
      """
          .formatted(COLUMNS);

  private final JdbcClient jdbc;

  TokenRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// A row: what callers see of a token, and its digest.
  record Row(Token token, String sha256) {}

  /// All rows and the edition that they are, in one snapshot.
  record All(long edition, List<Row> rows) {}

  /// @return whether there is such a pool or tenant
  boolean insert(Token token, TokenDigest digest) {
    PoolName pool = token.scope().pool();
    TenantId tenant = token.scope().tenant();
    String from =
        switch (token.scope().kind()) {
          case FLEET -> "";
          case POOL -> " from pool where name = :pool";
          case TENANT -> OF_TENANT;
        };
    return jdbc.sql(INSERT + from)
            .param("id", token.id())
            .param("sha256", digest.hex())
            .param("pool", pool == null ? null : pool.value())
            .param("tenant", tenant == null ? null : tenant.value())
            .param("right", token.right().toString())
            .param("description", token.description())
            .param("createdAt", time(token.createdAt()))
            .param("expiresAt", time(token.expiresAt()))
            .update()
        == 1;
  }

  /// @return whether there was such a token
  boolean delete(UUID id) {
    return jdbc.sql("delete from token where id = ?").param(id).update() == 1;
  }

  void deleteExpired(Instant before) {
    jdbc.sql("delete from token where expires_at < ?").param(time(before)).update();
  }

  long edition() {
    return jdbc.sql("select edition from token_list").query(Long.class).single();
  }

  All all() {
    var all =
        new Object() {
          long edition;
        };
    List<Row> rows =
        jdbc
            .sql(LIST)
            .query((row, _) -> {
              all.edition = row.getLong("edition");
              return row.getString("sha256") == null
                  ? Optional.<Row>empty()
                  : Optional.of(row(row));
            })
            .list()
            .stream()
            .flatMap(Optional::stream)
            .toList();
    return new All(all.edition, rows);
  }

  Optional<Token> find(UUID id) {
    return jdbc.sql("select %s from token t where t.id = ?".formatted(COLUMNS))
        .param(id)
        .query((row, _) -> row(row).token())
        .optional();
  }

  /// By the time of their making.
  List<Token> page(TokenCursor after, int limit) {
    return jdbc.sql(PAGE)
        .param("createdAt", time(after.createdAt()))
        .param("id", after.id())
        .param("limit", limit)
        .query((row, _) -> row(row).token())
        .list();
  }

  private static Row row(ResultSet row) throws SQLException {
    String pool = row.getString("pool");
    String tenant = row.getString("tenant");
    OffsetDateTime expires = row.getObject("expires_at", OffsetDateTime.class);
    var token =
        new Token(
            row.getObject("id", UUID.class),
            new TokenScope(
                pool == null ? null : new PoolName(pool),
                tenant == null ? null : new TenantId(tenant)),
            TokenRight.parse(row.getString("access_right")),
            row.getString("description"),
            row.getObject("created_at", OffsetDateTime.class).toInstant(),
            expires == null ? null : expires.toInstant());
    return new Row(token, row.getString("sha256"));
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
