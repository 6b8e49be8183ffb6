package dev.burgage.control.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class ListingTest extends ControlPlaneTest {
  @Autowired private JdbcClient jdbc;

  @BeforeEach
  void tenants25() {
    createPool();
    for (int i = 0; i < 25; i++) {
      insert("%s-%02d".formatted(i % 5 == 0 ? "Alpha" : "beta", i), i % 2 == 0 ? "gold" : "free");
    }
  }

  private void insert(String tenant, String plan) {
    jdbc.sql(
            """
            insert into binding (pool, tenant, database_id, engine, node, generation, version, state, template,
              labels, size_bytes_max, statement_millis_max, request_sha256, created_at, updated_at)
            values (?, ?, ?, 'sqlite', 'node-a', 1, 1, 'active', '', cast(? as jsonb), 1000000, 1000, '', now(), now())
            """)
        .params(pool, tenant, UUID.randomUUID(), "{\"plan\":\"%s\",\"x\":\"y:z\"}".formatted(plan))
        .update();
  }

  private List<String> all(String query) {
    var ids = new ArrayList<String>();
    String cursor = "";
    do {
      Answer page = api.get(tenants() + "?" + query + cursor);
      assertThat(page.status()).isEqualTo(200);
      page.json().path("tenants").forEach(tenant -> ids.add(tenant.path("id").asString()));
      assertThat(page.json().has("next")).isTrue();
      cursor = page.json().path("next").isNull() ? "" : "&cursor=" + page.text("next");
    } while (!cursor.isEmpty());
    return ids;
  }

  @Test
  void pagesTogetherHaveEveryTenantOnceInOrder() {
    assertThat(all("limit=4")).hasSize(25).isSorted().doesNotHaveDuplicates();
    assertThat(all("limit=25")).hasSize(25);
    assertThat(all("limit=1000")).isEqualTo(all("limit=7"));
  }

  @Test
  void aPrefixSelectsAndIsCaseSensitive() {
    assertThat(all("limit=2&prefix=Alpha-")).hasSize(5).allMatch(id -> id.startsWith("Alpha-"));
    assertThat(all("prefix=alpha-")).isEmpty();
    assertThat(all("prefix=%25")).isEmpty();
  }

  @Test
  void labelsMustAllMatch() {
    assertThat(all("limit=5&label=plan:gold")).hasSize(13);
    assertThat(all("label=plan:gold&label=x:y:z")).hasSize(13);
    assertThat(all("label=plan:gold&label=x:other")).isEmpty();
    assertThat(all("label=plan:free&prefix=Alpha")).containsExactly("Alpha-05", "Alpha-15");
  }

  @Test
  void stateSelects() {
    assertThat(all("state=active")).hasSize(25);
    assertThat(all("state=suspended")).isEmpty();
  }

  @Test
  void whatIsNotValidIsRefused() {
    assertThat(api.get(tenants() + "?limit=0").code()).isEqualTo("invalid_request");
    assertThat(api.get(tenants() + "?limit=x").code()).isEqualTo("invalid_request");
    assertThat(api.get(tenants() + "?cursor=%25").code()).isEqualTo("invalid_request");
    assertThat(api.get(tenants() + "?state=purged").code()).isEqualTo("invalid_request");
    assertThat(api.get(tenants() + "?label=plan").code()).isEqualTo("invalid_request");
    assertThat(api.get("/v1/pools/none/tenants").code()).isEqualTo("unknown_pool");
  }

  @Test
  void aPrefixSearchIsARangeOfThePrimaryKey() {
    String plan =
        String.join(
            "\n",
            jdbc.sql(
                    """
                    explain select * from binding where pool = 'p' and state <> 'purged' and tenant > ''
                    and tenant >= 'a' and tenant < 'a~' order by tenant limit 101
                    """)
                .query(String.class)
                .list());

    assertThat(plan).contains("Index Scan using binding_pkey").contains("tenant < 'a~'");
    assertThat(plan).doesNotContain("Sort");
  }
}
