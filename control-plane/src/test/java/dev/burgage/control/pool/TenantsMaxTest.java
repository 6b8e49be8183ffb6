package dev.burgage.control.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class TenantsMaxTest extends ControlPlaneTest {
  @Autowired private JdbcClient jdbc;
  @Autowired private DataSource dataSource;

  private Answer createPool(int max) {
    return api.post("/v1/pools", "{\"name\":\"%s\",\"tenantsMax\":%d}".formatted(pool, max));
  }

  private Answer limit(String max) {
    return api.patch("/v1/pools/" + pool, "{\"tenantsMax\":" + max + "}");
  }

  private int counted() {
    return jdbc.sql("select tenants from pool where name = ?")
        .param(pool)
        .query(Integer.class)
        .single();
  }

  private long there() {
    return jdbc.sql(
            "select count(*) from binding where pool = ? and state in ('provisioning', 'active',"
                + " 'suspended')")
        .param(pool)
        .query(Long.class)
        .single();
  }

  private static List<Answer> atOnce(List<Callable<Answer>> requests) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aPoolTakesAsManyTenantsAsItMayAndNotOneMore() {
    assertThat(createPool(2).json().path("tenantsMax").asInt()).isEqualTo(2);
    assertThat(create("a").status()).isEqualTo(201);
    assertThat(create("b").status()).isEqualTo(201);
    Answer refused = create("c");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("pool_full");
    assertThat(refused.text("detail")).contains(pool, "tenantsMax", "PATCH");
    assertThat(create("a").status()).isEqualTo(200);
    assertThat(api.get(tenants() + "/c").status()).isEqualTo(404);
    assertThat(counted()).isEqualTo(2);
  }

  @Test
  void cloudflaresToolsAreToldInTheirOwnCode() {
    createPool(1);
    create("a");
    Answer refused =
        api.post("/client/v4/accounts/%s/d1/database".formatted(pool), "{\"name\":\"b\"}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/errors/0/code").asInt()).isEqualTo(7406);
    assertThat(refused.json().path("success").asBoolean()).isFalse();
  }

  @Test
  void ofManyRequestsAtOnceExactlyThoseSucceedForWhichThereIsRoom() {
    createPool(10);
    List<Callable<Answer>> requests = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String tenant = "t" + i % 30; // some ask for the same
      requests.add(() -> create(tenant));
    }
    List<Answer> answers = atOnce(requests);

    assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(10);
    assertThat(answers).allMatch(answer -> List.of(200, 201, 409).contains(answer.status()));
    assertThat(counted()).isEqualTo(10);
    assertThat(there()).isEqualTo(10);
  }

  @Test
  void aDeletedTenantMakesRoomAndComesBackOnlyIfThereIsSome() {
    createPool(1);
    create("a");
    api.delete(tenants() + "/a");
    assertThat(create("b").status()).isEqualTo(201);

    assertThat(api.post(tenants() + "/a/undelete", "").code()).isEqualTo("pool_full");
    assertThat(api.get(tenants() + "/a").text("state")).isEqualTo("deleted");
    api.post(tenants() + "/b/suspend", "");
    assertThat(api.post(tenants() + "/a/undelete", "").code()).isEqualTo("pool_full");
    api.delete(tenants() + "/b");
    assertThat(api.post(tenants() + "/a/undelete", "").status()).isEqualTo(200);
    assertThat(counted()).isEqualTo(1);
  }

  @Test
  void aMaximumIsSetLoweredRaisedAndLifted() {
    createPool();
    for (String tenant : List.of("a", "b", "c")) {
      create(tenant);
    }
    assertThat(counted()).isZero(); // nobody counts without a maximum

    assertThat(limit("2").json().path("tenantsMax").asInt()).isEqualTo(2);
    assertThat(counted()).isEqualTo(3);
    assertThat(create("d").code()).isEqualTo("pool_full");
    api.delete(tenants() + "/a");
    assertThat(create("d").code()).isEqualTo("pool_full");
    limit("3");
    assertThat(create("d").status()).isEqualTo(201);
    assertThat(create("e").code()).isEqualTo("pool_full");
    assertThat(limit("null").json().has("tenantsMax")).isFalse();
    assertThat(create("e").status()).isEqualTo(201);
    assertThat(api.patch("/v1/pools/" + pool, "{}").status()).isEqualTo(200);
    assertThat(limit("0").status()).isEqualTo(200);
    assertThat(create("f").code()).isEqualTo("pool_full");
    assertThat(api.patch("/v1/pools/" + pool, "{}").json().path("tenantsMax").asInt()).isZero();
  }

  @Test
  void theCountIsRightHoweverAMaximumComesAmongCreatesAndDeletes() {
    createPool();
    List<Callable<Answer>> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      create("gone" + i);
    }
    for (int i = 0; i < 20; i++) {
      String fresh = "t" + i;
      String gone = "gone" + i;
      String max = i % 4 == 3 ? "null" : Integer.toString(100 + i);
      requests.add(() -> create(fresh));
      requests.add(() -> api.delete(tenants() + "/" + gone));
      requests.add(() -> limit(max));
    }
    List<Answer> answers = atOnce(requests);
    assertThat(answers).allMatch(answer -> answer.status() < 300);
    boolean bounded = api.get("/v1/pools/" + pool).json().has("tenantsMax");

    assertThat(there()).isEqualTo(20);
    assertThat(counted()).isEqualTo(bounded ? 20 : 0);
  }

  @Test
  void whoSetsAMaximumWaitsForADeleteThatIsUnderWayAndCountsWithoutIt() throws Exception {
    createPool();
    create("a");
    create("b");
    try (var deleting = dataSource.getConnection();
        var statement =
            deleting.prepareStatement(
                "update binding set state = 'deleted' where pool = ? and tenant = 'a'");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      deleting.setAutoCommit(false);
      statement.setString(1, pool);
      statement.executeUpdate();
      Future<Answer> limited = threads.submit(() -> limit("5"));
      await("it waits", () -> isWaiting("set_tenants_max"));
      deleting.commit();

      assertThat(limited.get().status()).isEqualTo(200);
    }
    assertThat(counted()).isEqualTo(1);
  }

  private boolean isWaiting(String statement) {
    return jdbc.sql(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query"
                    + " like ?")
            .param("%" + statement + "%")
            .query(Long.class)
            .single()
        > 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "\"many\"", "1.5", "3000000000", "true"})
  void whatIsNoNumberOfTenantsIsRefused(String max) {
    createPool();

    assertThat(limit(max).code()).isEqualTo("invalid_request");
    assertThat(api.get("/v1/pools/" + pool).json().has("tenantsMax")).isFalse();
    assertThat(
            api.post("/v1/pools", "{\"name\":\"%s-b\",\"tenantsMax\":%s}".formatted(pool, max))
                .code())
        .isEqualTo("invalid_request");
  }

  @Test
  void thePoolOfARequestThatComesTwiceMustBeTheSame() {
    createPool(5);

    assertThat(createPool(5).status()).isEqualTo(200);
    assertThat(createPool(6).code()).isEqualTo("conflict");
    assertThat(createPool().status()).isEqualTo(200);
    assertThat(api.patch("/v1/pools/no-such-pool", "{\"tenantsMax\":1}").code())
        .isEqualTo("unknown_pool");
  }
}
