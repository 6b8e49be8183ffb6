package dev.burgage.control.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.node.Drill;
import dev.burgage.protocol.node.Drill.Finding;
import dev.burgage.protocol.node.Drill.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BackupApiTest extends ControlPlaneTest {
  private Drill drill(String node, Instant at, Result result) {
    Finding finding = new Finding(result, null, "an/object", "as the test wants");
    return new Drill(
        at,
        5,
        new NodeName(node),
        new PoolName(pool),
        new TenantId("acme"),
        new DatabaseId(UUID.randomUUID()),
        result != Result.FAILED,
        finding,
        finding,
        /* lastGood= */ null);
  }

  @Test
  void backupsAreListedPageByPageAndCloudflaresListHasAll() {
    createPool();
    create("acme");
    String backups = tenants() + "/acme/backups";
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Answer answer = api.post(backups, "");
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
      made.addFirst(answer.text("id"));
    }

    JsonNode first = api.get(backups + "?limit=2").json();
    JsonNode second = api.get(backups + "?limit=2&cursor=" + first.path("next").asString()).json();
    String cloudflares = "/client/v4/accounts/%s/d1/database/acme/backup".formatted(pool);
    JsonNode all = api.get(cloudflares).json();

    assertThat(first.at("/backups/0/id").asString()).isEqualTo(made.getFirst());
    assertThat(first.at("/backups/0/origin").asString()).isEqualTo("asked");
    assertThat(second.path("backups")).hasSize(1);
    assertThat(second.has("next")).isFalse();
    assertThat(all.path("result")).hasSize(3);
    assertThat(all.at("/result/2/id").asString()).isEqualTo(made.getLast());
  }

  @Test
  void whatANodeRefusesIsSaidAsItIs() {
    createPool();
    create("acme");
    String backups = tenants() + "/acme/backups";

    assertThat(api.get(backups + "/" + UUID.randomUUID()).code()).isEqualTo("not_found");
    assertThat(api.get(backups + "?limit=101").code()).isEqualTo("invalid_request");
    assertThat(api.get(backups + "/no-uuid").code()).isEqualTo("invalid_request");
    assertThat(api.get(tenants() + "/nobody/backups").code()).isEqualTo("unknown_tenant");
  }

  @Test
  void drillsOfAllNodesComeTogetherAndSilentNodesAreNamed() {
    Instant ten = Instant.parse("2026-11-22T10:00:00Z");
    node("node-a").drills().add(drill("node-a", ten, Result.PASSED));
    node("node-b").drills().add(drill("node-b", ten.plusSeconds(5), Result.FAILED));
    try {
      JsonNode all = api.get("/v1/drills").json();
      assertThat(all.at("/drills/0/node").asString()).isEqualTo("node-b");
      assertThat(all.at("/drills/1/node").asString()).isEqualTo("node-a");
      assertThat(api.get("/v1/drills?failed=true").json().path("drills")).hasSize(1);
      assertThat(api.post("/v1/drills", "{\"sample\":1}").json().path("drills")).hasSize(2);

      node("node-b").refuse(true);
      JsonNode some = api.get("/v1/drills").json();
      assertThat(some.path("drills")).hasSize(1);
      assertThat(some.path("silent").toString()).contains("node-b").contains("as the test wants");
    } finally {
      node("node-b").refuse(false);
      node("node-a").drills().clear();
      node("node-b").drills().clear();
    }
  }
}
