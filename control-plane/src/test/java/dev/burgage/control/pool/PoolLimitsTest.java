package dev.burgage.control.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.FeedMessage.PoolLimits;
import dev.burgage.protocol.binding.SqlLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolLimitsTest extends ControlPlaneTest {
  private Answer change(String limits) {
    return api.patch("/v1/pools/" + pool, "{\"limits\":" + limits + "}");
  }

  private SqlLimits limits(Answer answer) {
    var limits = answer.json().path("limits");
    return new SqlLimits(
        limits.path("parametersMax").asInt(),
        limits.path("patternBytesMax").asInt(),
        limits.path("columnsMax").asInt());
  }

  private boolean knows(FakeNode node, SqlLimits limits) {
    List<FeedMessage> said =
        node.messages().stream().filter(FeedMessage.Pools.class::isInstance).toList();
    return !said.isEmpty()
        && said.getLast() instanceof FeedMessage.Pools(var pools)
        && pools.contains(new PoolLimits(new PoolName(pool), limits));
  }

  @Test
  void aNewPoolHasD1sLimitsOrThoseThatItIsMadeWith() {
    assertThat(limits(createPool())).isEqualTo(SqlLimits.DEFAULT);

    String other = "{\"name\":\"%s-b\",\"limits\":{\"parametersMax\":1000}}".formatted(pool);
    assertThat(limits(api.post("/v1/pools", other))).isEqualTo(new SqlLimits(1_000, 50, 100));
    assertThat(api.post("/v1/pools", other).status()).isEqualTo(200);
    assertThat(api.post("/v1/pools", other.replace("1000", "999")).code()).isEqualTo("conflict");
  }

  @Test
  void aChangeKeepsWhatItDoesNotNameAndReachesEveryNode() {
    createPool();
    assertThat(limits(change("{\"columnsMax\":500}"))).isEqualTo(new SqlLimits(100, 50, 500));

    SqlLimits both = new SqlLimits(1_000, 50, 500);
    assertThat(limits(change("{\"parametersMax\":1000}"))).isEqualTo(both);

    assertThat(limits(api.get("/v1/pools/" + pool))).isEqualTo(both);
    nodes().forEach(node -> await("the node knows", () -> knows(node, both)));
    try (FakeNode late = joined("late-" + pool)) {
      await("a node that joins later knows", () -> knows(late, both));
    }
    change("{\"parametersMax\":100,\"columnsMax\":100}");
    nodes().forEach(node -> await("the usual is not told", () -> !knows(node, both)));
  }

  @Test
  void whatIsOutOfItsRangeIsRefusedWithTheRange() {
    createPool();
    Answer refused = change("{\"patternBytesMax\":501}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("invalid_request");
    assertThat(refused.text("detail")).contains("patternBytesMax", "between 1 and 500", "got 501");
    assertThat(change("{\"parametersMax\":0}").status()).isEqualTo(400);
    assertThat(change("{\"parametersMax\":32767}").status()).isEqualTo(400);
    assertThat(change("{\"columnsMax\":2001}").status()).isEqualTo(400);
    assertThat(limits(api.get("/v1/pools/" + pool))).isEqualTo(SqlLimits.DEFAULT);
    assertThat(api.patch("/v1/pools/no-such-pool", "{\"limits\":{\"columnsMax\":50}}").code())
        .isEqualTo("unknown_pool");
  }
}
