package dev.burgage.control.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.rollout.RolloutOrders.Work;
import dev.burgage.control.rollout.Targets.DueTarget;
import dev.burgage.control.rollout.Targets.Lot;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// Undo beside what is under way, late, or made by hand.
final class TakenBackTest extends RolloutFixture {
  @Autowired private RolloutRows rows;
  @Autowired private RolloutOrders orders;
  @Autowired private Targets targets;
  @Autowired private Migrations migrations;

  @Test
  void whatIsUnderWayWhenTheUndoIsSaidIsTakenBackToo() {
    create("t0");
    register(TWO);
    String id = start("");
    nodes().forEach(node -> node.databases().shut());
    CompletableFuture<Void> slice = CompletableFuture.runAsync(() -> runQuietly(id));
    await("an order is under way", () -> owner("t0").databases().hasWaiting());

    assertThat(say(id, "undo", "").text("state")).isEqualTo("undoing");
    nodes().forEach(node -> node.databases().open());
    slice.join();
    runQuietly(id);

    assertThat(stateOf(id)).isEqualTo("undone");
    assertThat(targets(id)).containsEntry("t0", "undone");
    assertThat(versionInFile("t0")).isEqualTo("1");
  }

  @Test
  void anOrderOfAControlPlaneThatStoodStillIsRefusedAfterAnUndo() throws InterruptedException {
    create("t0");
    register(TWO);
    String id = start("");
    LateOrder late = new LateOrder(id, "t0");
    run(id);
    say(id, "undo", "");
    run(id);
    JsonNode before = target(id, "t0");
    assertThat(before.path("state").asString()).isEqualTo("undone");

    assertThat(late.isTaken()).isFalse();

    assertThat(versionInFile("t0")).isEqualTo("1");
    assertThat(target(id, "t0")).isEqualTo(before);
  }

  @Test
  void anOrderOfAControlPlaneThatStoodStillIsRefusedAfterAnAbort() throws InterruptedException {
    String id = begin();
    LateOrder late = new LateOrder(id, "t0");
    assertThat(say(id, "abort", "").text("state")).isEqualTo("aborting");
    run(id);
    assertThat(stateOf(id)).isEqualTo("aborted");
    JsonNode before = target(id, "t0");
    assertThat(before.path("state").asString()).isEqualTo("pending");

    assertThat(late.isTaken()).isFalse();

    assertThat(versionInFile("t0")).isEqualTo("1");
    assertThat(target(id, "t0")).isEqualTo(before);
    register(new MigrationFile("V2__name.sql", "ALTER TABLE customer ADD COLUMN title TEXT;"));
    run(start(""));
    assertThat(versionInFile("t0")).isEqualTo("2");
  }

  @Test
  void aNodeThatIsAwayDoesNotHoldAnAbortUpAndIsNamed() throws InterruptedException {
    String id = begin();
    say(id, "abort", "");
    owner("t0").refuse(true);
    try {
      run(id);
    } finally {
      owner("t0").refuse(false);
    }

    assertThat(stateOf(id)).isEqualTo("aborted");
    String detail =
        jdbc.sql(
                "select detail::text from rollout_event"
                    + " where rollout = cast(? as uuid) and type = 'aborted'")
            .param(id)
            .query(String.class)
            .single();
    assertThat(detail).contains("nodesNotTold", owner("t0").name().value());
  }

  /// A rollout whose only wave is open, with a tenant to which no order was sent.
  private String begin() {
    create("t0");
    register(TWO);
    String id = start("");
    rows.openWave(UUID.fromString(id), 0, Instant.now());
    return id;
  }

  /// An order that was decided and is not sent yet.
  private final class LateOrder {
    private final Work work;
    private final Lot lot;
    private final NodeName node;
    private final List<DueTarget> due;

    LateOrder(String rollout, String tenant) throws InterruptedException {
      run.slice(UUID.fromString(rollout), () -> true);
      RolloutRow seen = rows.find(UUID.fromString(rollout)).orElseThrow();
      work = new Work(seen, migrations.upTo(seen.pool(), "2"), new AtomicBoolean());
      lot = new Lot(seen.id(), new PoolName(pool), TargetState.PENDING, 0);
      node = owner(tenant).name();
      due = targets.due(lot, node, 1, Instant.now());
      assertThat(due).hasSize(1);
    }

    boolean isTaken() {
      return orders.migrate(work, lot, node, due);
    }
  }

  @Test
  void whatADeadControlPlaneNeverRecordedIsTakenBackToo() throws InterruptedException {
    create("t0");
    create("t1");
    register(TWO);
    String id = start("{\"waves\":[{\"percent\":100,\"gate\":{\"approval\":true}}]}");
    run(id);
    loseTheRecord(id);

    say(id, "undo", "");
    run(id);

    assertThat(stateOf(id)).isEqualTo("undone");
    assertThat(targets(id)).containsEntry("t0", "undone").containsEntry("t1", "undone");
    assertThat(versionInFile("t0")).isEqualTo("1");
    assertThat(versionInFile("t1")).isEqualTo("1");
  }

  private void loseTheRecord(String id) {
    jdbc.sql(
            "update rollout_target set state = 'pending', from_version = null, to_version = null"
                + " where rollout = cast(? as uuid) and tenant = 't0'")
        .param(id)
        .update();
    jdbc.sql("update binding set schema_version = '1' where pool = ? and tenant = 't0'")
        .param(pool)
        .update();
    jdbc.sql("update rollout set runner = 'dead', runner_busy = true where id = cast(? as uuid)")
        .param(id)
        .update();
    rows.recount(UUID.fromString(id));
  }

  @Test
  void markedTargetStaysAtTheVersionAndIsListed() throws InterruptedException {
    create("t0");
    create("t1");
    register(TWO);
    owner("t0").databases().run(database("t0"), "ALTER TABLE customer ADD COLUMN name");
    String id = start("");
    run(id);
    say(id, "mark-applied", "{\"tenants\":[\"t0\"]}");

    say(id, "undo", "");
    run(id);

    assertThat(stateOf(id)).isEqualTo("undone");
    assertThat(targets(id)).containsEntry("t0", "notKept").containsEntry("t1", "undone");
    assertThat(target(id, "t0").path("toVersion").asString()).isEqualTo("2");
    assertThat(target(id, "t0").path("error").asString()).isEqualTo("marked as applied");
    assertThat(api.get(tenants() + "/t0").text("schemaVersion")).isEqualTo("2");
    assertThat(versionInFile("t0")).isEqualTo("2");
    assertThat(versionInFile("t1")).isEqualTo("1");
  }

  private void runQuietly(String id) {
    try {
      run(id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
