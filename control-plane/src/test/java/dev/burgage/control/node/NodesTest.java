package dev.burgage.control.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import org.junit.jupiter.api.Test;

class NodesTest extends ControlPlaneTest {
  private static final String NODES = "/v1/nodes";

  private String register(String name) {
    return api.post(NODES, "{\"name\":\"%s\"}".formatted(name)).text("token");
  }

  @Test
  void aLostTokenIsReplacedAndTheOldOneOpensNothing() {
    String lost = register("token-1");

    Answer replaced = api.post(NODES + "/token-1/token", "");

    assertThat(replaced.status()).isEqualTo(200);
    String own = NODES + "/token-1/bindings/p/t";
    assertThat(api(lost).get(own).status()).isEqualTo(401);
    assertThat(api(replaced.text("token")).get(own).code()).isEqualTo("unknown_tenant");
    assertThat(api(replaced.text("token")).post(NODES + "/token-1/token", "").code())
        .isEqualTo("forbidden");
  }

  @Test
  void aNodeThatNeverJoinedIsRemovedAndItsNameIsFreeAgain() {
    String token = register("spare-1");

    assertThat(api.delete(NODES + "/spare-1").status()).isEqualTo(204);

    assertThat(api.get(NODES).json().toString()).doesNotContain("spare-1");
    assertThat(api(token).get(NODES + "/spare-1/bindings/p/t").status()).isEqualTo(401);
    assertThat(register("spare-1")).isNotEqualTo(token);
  }

  @Test
  void aLiveNodeIsNotRemoved() {
    Answer refused = api.delete(NODES + "/" + nodes().getFirst().name());

    assertThat(refused.code()).isEqualTo("conflict");
    assertThat(refused.text("detail")).contains("is live; stop it");
  }

  @Test
  void aNodeWithDatabasesIsNotRemoved() {
    createPool();
    try (FakeNode _ = joined("leaving-1")) {
      await("leaving-1 is live", () -> isLive("leaving-1"));
      int made = 0;
      while (!create("mine-" + made).text("node").equals("leaving-1")) {
        assertThat(++made).isLessThan(100);
      }
    }
    await("leaving-1 is gone", () -> !isLive("leaving-1"));

    Answer refused = api.delete(NODES + "/leaving-1");

    assertThat(refused.code()).isEqualTo("conflict");
    assertThat(refused.text("detail")).contains("has databases");
  }

  @Test
  void whatIsNotRegisteredIsNotFound() {
    assertThat(api.delete(NODES + "/nobody").code()).isEqualTo("not_found");
    assertThat(api.post(NODES + "/nobody/token", "").code()).isEqualTo("not_found");
  }
}
