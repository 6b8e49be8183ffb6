package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.crash.Evidence;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.RestoreOrder;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a node does that finds evidence of deaths in its folder. How a process really dies is shown
/// in system-tests.
class QuarantinedTenantTest {
  private static final String BOMB = "SELECT 'the bomb'";

  @TempDir Path folder;
  private NodeHarness node;
  private Binding mallory;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    mallory = node.provision("mallory");
    node.provision("alice");
    node.sql("mallory", "CREATE TABLE t(a)");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private void restartAfterDeathUnder(Binding binding) throws IOException {
    node.stop();
    Evidence evidence = evidence(Instant.now());
    evidence.take().running(binding.database(), binding.generation(), BOMB);
    evidence.alive();
    startNode();
  }

  private void startNode() throws IOException {
    node.startAndJoin();
    node.publish(new FeedMessage.Changed(mallory)); // all that came before is taken in, too
  }

  // Its clock goes on by a minute each time that it is read.
  private Evidence evidence(Instant from) throws IOException {
    return Evidence.begin(
        folder,
        2,
        new Clock() {
          private Instant now = from.minus(Duration.ofHours(1));

          @Override
          public Instant instant() {
            now = now.plus(Duration.ofMinutes(1));
            return now;
          }

          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        });
  }

  private List<String> quarantined() throws IOException {
    JsonNode answer = Json.mapper().readTree(node.order("GET", "/node/v1/quarantine", "").body());
    return answer.get("databases").valueStream().map(d -> d.get("database").asString()).toList();
  }

  private HttpResponse<String> ask(String tenant) throws IOException {
    return node.query(tenant, "{\"sql\":\"SELECT 1\"}");
  }

  @Test
  void aTenantIsQuarantinedAfterTheSecondDeathAndOnlyThatTenant() throws IOException {
    restartAfterDeathUnder(mallory);
    assertThat(ask("mallory").statusCode()).isEqualTo(200);
    restartAfterDeathUnder(mallory);

    HttpResponse<String> refused = ask("mallory");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("\"quarantined\"").contains("the bomb").contains("release");
    assertThat(ask("alice").statusCode()).isEqualTo(200);
    assertThat(quarantined()).containsExactly(mallory.database().toString());
    assertThat(node.send(node.request("/actuator/prometheus").build()).body())
        .contains("burgage_node_databases_quarantined 1.0");
    assertThat(node.controlPlane.joins().getLast().quarantined())
        .extracting(q -> q.database())
        .containsExactly(mallory.database());
  }

  @Test
  void migrationsOfAQuarantinedDatabaseFailWithTheReason() throws IOException {
    restartAfterDeathUnder(mallory);
    restartAfterDeathUnder(mallory);
    ApplyMigrations.Target target =
        new ApplyMigrations.Target(mallory.database(), mallory.generation(), Limits.DEFAULT);
    HttpResponse<String> outcome =
        node.order(
            "POST",
            "/node/v1/migrations",
            new ApplyMigrations(UUID.randomUUID(), 1, List.of(target), List.of(), List.of(), null));
    assertThat(outcome.body()).contains("\"failed\"").contains("quarantined since");
  }

  @Test
  void thePastOfAQuarantinedDatabaseIsRefusedToo() throws IOException {
    String history = "/node/v1/pools/shop/tenants/mallory/";
    ask("mallory");
    JsonNode bookmark =
        Json.mapper().readTree(node.order("GET", history + "bookmark", "").body()).get("bookmark");
    restartAfterDeathUnder(mallory);
    restartAfterDeathUnder(mallory);

    HttpResponse<String> look =
        node.send(
            node.request("/v1/pools/shop/tenants/mallory/query?at=" + bookmark.asString())
                .POST(BodyPublishers.ofString("{\"sql\":\"SELECT 1\"}"))
                .build());
    HttpResponse<String> restore =
        node.order("POST", history + "restore", new RestoreOrder(bookmark.asString()));

    assertThat(look.body()).contains("\"quarantined\"");
    assertThat(restore.body()).contains("\"quarantined\"");
  }

  @Test
  void aReleasedTenantIsServedAtOnceAndAfterARestart() throws IOException {
    restartAfterDeathUnder(mallory);
    restartAfterDeathUnder(mallory);
    String release = "/node/v1/databases/" + mallory.database() + "/1/release";
    assertThat(node.order("POST", release, "").statusCode()).isEqualTo(204);
    assertThat(node.order("POST", release, "").statusCode()).isEqualTo(204);
    assertThat(ask("mallory").statusCode()).isEqualTo(200);
    assertThat(quarantined()).isEmpty();
    node.stop();
    startNode();
    assertThat(ask("mallory").statusCode()).isEqualTo(200);
  }

  @Test
  void whatRunsWhileTheNodeIsStoppedIsNotHeldAgainstAnybody() throws IOException {
    node.restart();
    assertThat(folder.resolve("running")).exists();
    node.stop();
    assertThat(folder.resolve("running")).doesNotExist();
    startNode();
    assertThat(quarantined()).isEmpty();
  }
}
