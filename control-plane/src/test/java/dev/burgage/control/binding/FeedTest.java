package dev.burgage.control.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.FeedMessage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class FeedTest extends ControlPlaneTest {
  @Autowired private BindingRows rows;
  @Autowired private Changes changes;
  @Autowired private JdbcClient jdbc;
  @Autowired private DataSource database;

  @BeforeEach
  void pool() {
    createPool();
  }

  private FakeNode newNode() {
    FakeNode node = joined("n-" + UUID.randomUUID().toString().substring(0, 8));
    await("it is live", () -> isLive(node.name().value()));
    return node;
  }

  private static List<FeedMessage> of(FakeNode node, Class<? extends FeedMessage> type) {
    return node.messages().stream().filter(type::isInstance).toList();
  }

  @Test
  void aNewNodeGetsNodesTokensAndASnapshotThenChanges() {
    create("before");
    try (FakeNode node = newNode()) {
      await("the snapshot is there", () -> node.binding(pool, "before") != null);
      // Nodes are told again when one of another test comes or goes.
      assertThat(node.messages().stream().map(Object::getClass).distinct().limit(4))
          .containsExactly(
              FeedMessage.Nodes.class,
              FeedMessage.Tokens.class,
              FeedMessage.Pools.class,
              FeedMessage.SnapshotStart.class);

      create("after");

      await("the change is there", () -> node.binding(pool, "after") != null);
      assertThat(of(node, FeedMessage.SnapshotStart.class)).hasSize(1);
    }
  }

  @Test
  void aNodeThatComesBackGoesOnWithoutASnapshot() {
    create("before");
    try (FakeNode node = newNode()) {
      await("the snapshot is there", () -> node.position() != null);
      node.cut();
      create("meanwhile");

      await("it caught up", () -> node.binding(pool, "meanwhile") != null);
      assertThat(of(node, FeedMessage.SnapshotStart.class)).hasSize(1);
    }
  }

  @Test
  void aTombstoneThatIsForgottenCostsLateNodesASnapshotOnly() {
    create("acme");
    Revision before = rows.settled();
    create("other");
    jdbc.sql(
            "update binding set state = 'purged', version = version + 1,"
                + " updated_at = now() - interval '1 hour' where tenant = 'acme' and pool = ?")
        .param(pool)
        .update();
    assertThat(rows.changesAfter(before).lost()).isFalse();
    // A change is told when every older transaction has ended; a sign of life may be one.
    await("it is told that acme is gone", () -> isRemoved(rows.changesAfter(before), "acme"));
    Revision seen = rows.changesAfter(before).position();

    jdbc.sql("select forget_tombstones(null, now())").query(Long.class).single();

    assertThat(rows.changesAfter(before).lost()).isTrue();
    assertThat(rows.changesAfter(seen).lost()).isFalse();
    for (FakeNode node : nodes()) {
      await("everybody has forgotten it", () -> node.binding(pool, "acme") == null);
    }
  }

  private static boolean isRemoved(BindingRows.ChangePage page, String tenant) {
    return page.messages().stream()
        .anyMatch(m ->
            m instanceof FeedMessage.Removed(var _, TenantId id, long _)
                && id.value().equals(tenant));
  }

  @Test
  void aNodeThatSawTheTombstoneKeepsTheTenantAwayWhenItIsForgotten() {
    create("acme");
    jdbc.sql("update binding set state = 'purged' where tenant = 'acme' and pool = ?")
        .param(pool)
        .update();
    nodes().forEach(node -> await("removed", () -> node.binding(pool, "acme") == null));

    jdbc.sql("select forget_tombstones(null, now())").query(Long.class).single();
    create("other");

    nodes().forEach(node -> await("it goes on", () -> node.binding(pool, "other") != null));
    nodes().forEach(node -> assertThat(node.binding(pool, "acme")).isNull());
  }

  @Test
  void aRevisionOfAnotherCellIsKnownAsForeign() {
    create("acme");

    assertThat(rows.changesAfter(new Revision(Long.MAX_VALUE, 0)).lost()).isTrue();
    assertThat(rows.changesAfter(rows.settled()).lost()).isFalse();
  }

  @Test
  void aNodeWhoseStreamNeverRestsIsSeenAlive() {
    try (FakeNode node = newNode()) {
      String seen = "select seen_at from node where name = ?";
      Instant first = instant(seen, node);
      AtomicInteger made = new AtomicInteger();
      await(
          "its sign of life is recorded while tenants are made one after the other",
          () -> {
            create("busy-" + made.incrementAndGet());
            return instant(seen, node).isAfter(first.plusSeconds(2));
          });
    }
  }

  private Instant instant(String sql, FakeNode node) {
    return jdbc.sql(sql)
        .param(node.name().value())
        .query(OffsetDateTime.class)
        .single()
        .toInstant();
  }

  @Test
  void aPositionIsSentEachSecondThoughNothingHappens() {
    try (FakeNode node = newNode()) {
      await("three signs of life", () -> of(node, FeedMessage.Position.class).size() >= 3);
    }
  }

  @Test
  void everyNodeIsToldOfANewOne() {
    try (FakeNode node = newNode()) {
      for (FakeNode other : nodes()) {
        await(
            "the list has the new node",
            () ->
                of(other, FeedMessage.Nodes.class).getLast() instanceof FeedMessage.Nodes(var all)
                    && all.stream().anyMatch(address -> address.name().equals(node.name())));
      }
    }
  }

  @Test
  void aNodeWithoutItsStreamIsGone() {
    FakeNode node = newNode();
    node.close();

    await("it is gone", () -> !isLive(node.name().value()));
  }

  // The trap that this design exists for: sequence numbers and transaction ids are not in the order
  // of commits.
  @Test
  void nothingIsLostWhileSlowTransactionsCommitLate() throws Exception {
    int writers = 12;
    int each = 40;
    for (int i = 0; i < writers; i++) {
      insert("writer-" + i);
    }
    try (FakeNode node = newNode();
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = new AtomicInteger();
      for (int i = 0; i < writers; i++) {
        int writer = i;
        var _ = executor.submit(() -> write(writer, each, slow));
      }
      executor.shutdown();
      assertThat(executor.awaitTermination(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(slow.get()).isGreaterThan(10);

      Map<String, Long> truth = truth();
      assertThat(truth).hasSize(writers + writers * each);
      await("the node has all of it", () -> held(node).equals(truth));
      assertThat(of(node, FeedMessage.SnapshotStart.class)).hasSize(1);
    }
  }

  private Void write(int writer, int count, AtomicInteger slow) throws Exception {
    var random = new Random(writer);
    try (var connection = database.getConnection()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        try (var update =
                connection.prepareStatement(
                    "update binding set generation = generation + 1, version = version + 1 where"
                        + " pool = ? and tenant = ?");
            var insert = connection.prepareStatement(INSERT)) {
          update.setString(1, pool);
          update.setString(2, "writer-" + writer);
          update.executeUpdate();
          insert.setString(1, pool);
          insert.setString(2, "made-%d-%d".formatted(writer, i));
          insert.executeUpdate();
          if (random.nextInt(20) == 0) {
            slow.incrementAndGet();
            Thread.sleep(random.nextInt(50));
          }
        }
        connection.commit();
        changes.committed(Revision.NONE);
      }
    }
    return null;
  }

  private static final String INSERT =
      """
      insert into binding (pool, tenant, database_id, engine, node, generation, version, state, template,
        labels, size_bytes_max, statement_millis_max, request_sha256, created_at, updated_at)
      values (?, ?, gen_random_uuid(), 'sqlite', 'node-a', 1, 1, 'active', '', '{}', 1000000, 1000, '', now(), now())
      """;

  private void insert(String tenant) {
    jdbc.sql(INSERT).params(pool, tenant).update();
  }

  private Map<String, Long> truth() {
    var truth = new HashMap<String, Long>();
    jdbc.sql("select tenant, generation from binding where pool = ?")
        .param(pool)
        .query(row -> {
          truth.put(row.getString("tenant"), row.getLong("generation"));
        });
    return truth;
  }

  private Map<String, Long> held(FakeNode node) {
    var held = new HashMap<String, Long>();
    node.bindings().values().stream()
        .filter(binding -> binding.pool().value().equals(pool))
        .forEach(binding -> held.put(binding.tenant().value(), binding.generation()));
    return held;
  }

  @Test
  void whoeverHearsNoHintStillPolls() {
    try (FakeNode node = newNode()) {
      insert("silent");
      long began = System.nanoTime();

      await("the poll found it", () -> node.binding(pool, "silent") != null);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void aHintFromAnotherProcessWakesTheReaders() {
    await("the listener listens", () -> listens() > 0);
    long before = wakeups.count();

    jdbc.sql("select pg_notify('burgage_binding', '')").query((row, number) -> "").list();

    await("the hint arrived", () -> wakeups.count() > before);
  }

  @Test
  void aHintOfOnesOwnWakesNobodyASecondTime() throws SQLException {
    await("the listener listens", () -> listens() > 0);
    String own = sentBy(ticker);
    long before = wakeups.count();

    jdbc.sql("select pg_notify('burgage_binding', ?)").param(own).query((row, n) -> "").list();
    jdbc.sql("select pg_notify('burgage_binding', 'another')").query((row, n) -> "").list();

    await("the other hint arrived", () -> wakeups.count() > before);
    assertThat(wakeups.count()).isEqualTo(before + 1);
  }

  private String sentBy(HintTicker sender) throws SQLException {
    try (var connection = database.getConnection();
        var listen = connection.createStatement()) {
      listen.execute("listen burgage_binding");
      sender.changed();
      String payload =
          connection.unwrap(PGConnection.class).getNotifications(10_000)[0].getParameter();
      listen.execute("unlisten burgage_binding");
      return payload;
    }
  }

  @Autowired private Wakeups wakeups;
  @Autowired private HintTicker ticker;

  private long listens() {
    return jdbc.sql(
            "select count(*) from pg_stat_activity where application_name = 'burgage-hints' and"
                + " state = 'idle'")
        .query(Long.class)
        .single();
  }

  @Test
  void aNodeThatDoesNotAcknowledgeLagsByItsOldestChange() {
    FakeNode owner = node(create("first").text("node"));
    await("all is acknowledged", () -> lag(owner) == 0);
    nodes().forEach(node -> node.acknowledge(false));
    create("second");

    await("it lags", () -> lag(owner) > 100);

    nodes().forEach(node -> node.acknowledge(true));
    create("third");
    await("it has caught up", () -> lag(owner) == 0);
  }

  private long lag(FakeNode node) {
    for (var listed : api.get("/v1/nodes").json()) {
      if (listed.path("name").asString().equals(node.name().value())) {
        return listed.path("lagMillis").asLong();
      }
    }
    return -1;
  }

  @Test
  void aNodeThatDoesNotAcknowledgeIsToldToTheCaller() {
    nodes().forEach(node -> node.acknowledge(false));

    // The fake node's position is right although it does not acknowledge: asking it is the long
    // way.
    assertThat(create("acme").status()).isEqualTo(201);
  }
}
