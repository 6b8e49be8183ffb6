package dev.burgage.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeHistory;
import dev.burgage.control.FakeNode;
import dev.burgage.protocol.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryTest extends ControlPlaneTest {
  @SuppressWarnings("NullAway.Init")
  private FakeNode owner;

  private String acme = "";

  @BeforeEach
  void tenant() {
    createPool();
    Answer created = create("acme");
    owner = node(created.text("node"));
    owner.history().asked().clear();
    owner.history().forked().clear();
    acme = tenants() + "/acme";
  }

  @AfterEach
  void refuseNothing() {
    nodes().forEach(node -> node.history().refuse(null));
    nodes().forEach(node -> node.history().setVersion(null));
  }

  @Test
  void bookmarkIsOfNowOrOfAMoment() {
    assertThat(api.get(acme + "/bookmark").text("bookmark")).isEqualTo(FakeHistory.NOW);
    assertThat(api.get(acme + "/bookmark?at=2026-11-22T13:00:00%2B01:00").text("bookmark"))
        .isEqualTo(FakeHistory.THEN);
    assertThat(owner.history().asked())
        .containsExactly("bookmark null", "bookmark at=2026-11-22T12:00:00Z");
  }

  @Test
  void whatIsNoMomentIsRefusedBeforeAnybodyIsAsked() {
    for (String path : List.of("/bookmark?at=yesterday", "/diff?from=1700000000000")) {
      assertThat(api.get(acme + path).code()).isEqualTo("invalid_request");
    }
    assertThat(api.post(acme + "/restore", "{}").code()).isEqualTo("invalid_request");
    assertThat(api.post(acme + "/restore", "{\"to\":\"x\"}").code()).isEqualTo("invalid_request");
    assertThat(api.post(acme + "/fork", "{\"id\":\"copy\",\"at\":\"x\"}").code())
        .isEqualTo("invalid_request");
    assertThat(owner.history().asked()).isEmpty();
  }

  @Test
  void whatTheNodeRefusesKeepsItsCode() {
    owner.history().refuse(ErrorCode.MOMENT_NOT_KEPT);

    Answer refused = api.post(acme + "/restore", "{\"to\":\"1700000000\"}");

    assertThat(refused.status()).isEqualTo(410);
    assertThat(refused.code()).isEqualTo("moment_not_kept");
  }

  @Test
  void restoreSaysWhatWasBeforeAndTheRowHasTheVersionOfThen() {
    owner.history().setVersion("7");

    Answer restored = api.post(acme + "/restore", "{\"to\":\"%s\"}".formatted(FakeHistory.THEN));

    assertThat(restored.status()).isEqualTo(200);
    assertThat(restored.text("previousBookmark")).isEqualTo(FakeHistory.NOW);
    assertThat(restored.text("bookmark")).isGreaterThan(FakeHistory.NOW);
    assertThat(owner.history().asked()).containsExactly("restore " + FakeHistory.THEN);
    assertThat(api.get(acme).text("schemaVersion")).isEqualTo("7");
  }

  @Test
  void forkIsATenantOnTheSameNodeWithTheSchemaOfThen() {
    owner.history().setVersion("3");
    String body = "{\"id\":\"copy\",\"at\":\"1700000000\",\"labels\":{\"of\":\"acme\"}}";

    Answer made = api.post(acme + "/fork", body);
    Answer again = api.post(acme + "/fork", body);

    assertThat(made.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(made.json());
    assertThat(made.text("node")).isEqualTo(owner.name().value());
    assertThat(made.text("schemaVersion")).isEqualTo("3");
    assertThat(made.json().path("labels").path("of").asString()).isEqualTo("acme");
    assertThat(owner.binding(pool, "copy")).isNotNull();
    assertThat(owner.history().forked())
        .allSatisfy(source -> {
          assertThat(source.bookmark()).isEqualTo(FakeHistory.THEN);
          assertThat(source.database().toString()).isEqualTo(api.get(acme).text("database"));
        });
    assertThat(made.text("database")).isNotEqualTo(api.get(acme).text("database"));
  }

  @Test
  void anotherForkOrTenantOfTheSameIdIsAConflict() {
    api.post(acme + "/fork", "{\"id\":\"copy\"}");
    create("other");

    assertThat(api.post(acme + "/fork", "{\"id\":\"copy\",\"at\":\"1700000000\"}").status())
        .isEqualTo(409);
    assertThat(api.post(tenants() + "/other/fork", "{\"id\":\"copy\"}").status()).isEqualTo(409);
    assertThat(api.post(acme + "/fork", "{\"id\":\"other\"}").status()).isEqualTo(409);
    assertThat(create("copy").status()).isEqualTo(409);
  }

  @Test
  void forkThatCanNeverBeMadeIsGivenUp() {
    api.get(acme + "/bookmark");
    Answer first = api.post(tenants() + "/nobody/fork", "{\"id\":\"copy\"}");
    assertThat(first.code()).isEqualTo("unknown_tenant");

    owner.history().refuseForks(ErrorCode.STORAGE_FULL);
    Answer refused = api.post(acme + "/fork", "{\"id\":\"copy\"}");
    owner.history().refuseForks(null);

    assertThat(refused.code()).isEqualTo("storage_full");
    assertThat(api.post(acme + "/fork", "{\"id\":\"copy\"}").code()).isEqualTo("not_ready");
  }

  @Test
  void forkGoesOnWhereItsRequestWasRefusedForTheMoment() {
    owner.history().refuseForks(ErrorCode.OVERLOADED);
    Answer refused = api.post(acme + "/fork", "{\"id\":\"copy\"}");
    owner.history().refuseForks(null);

    assertThat(refused.code()).isEqualTo("overloaded");
    assertThat(api.post(acme + "/fork", "{\"id\":\"copy\"}").status()).isEqualTo(201);
  }

  @Test
  void forkIsATenantMoreOfItsPool() {
    api.patch("/v1/pools/" + pool, "{\"tenantsMax\":1}");

    assertThat(api.post(acme + "/fork", "{\"id\":\"copy\"}").code()).isEqualTo("pool_full");
  }

  @Test
  void diffIsAskedWithBothMoments() {
    assertThat(api.get(acme + "/diff?from=1700000000&to=" + FakeHistory.NOW).status())
        .isEqualTo(200);
    assertThat(api.get(acme + "/diff").code()).isEqualTo("invalid_request");
    assertThat(owner.history().asked())
        .containsExactly("diff from=2023-11-14T22:13:20Z&to=" + FakeHistory.NOW);
  }
}
