package dev.burgage.example.chinook;

import static dev.burgage.example.chinook.StepFailedException.require;

import dev.burgage.client.Rollout;
import dev.burgage.client.RolloutTarget;
import dev.burgage.client.Rollouts;
import dev.burgage.client.Tenant;
import dev.burgage.client.TenantFilter;
import dev.burgage.client.TenantState;
import dev.burgage.d1.D1Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Chapter four: a migration rolls over the pool. One tenant fails, honestly: somebody has made a
/// table of the same name in it by hand. The others are migrated all the same, and a second rollout
/// does only what is left.
record SchemaChange(Stage stage) {
  private static final String VERSION = "2";
  private static final String SPOILT = "initech";
  private static final Duration ROLLOUT_MAX = Duration.ofMinutes(2);

  void tell() {
    stage.terminal().heading("4  A migration rolls over the pool");
    stage.terminal().step("migration V2", this::register);
    List<String> behind = behind();
    if (!behind.contains(SPOILT)) {
      stage.terminal().step("rollout", () -> rollOutTo(behind));
    } else {
      stage.terminal().step("a table made by hand", this::spoil);
      String why = stage.terminal().stepGiving("first rollout", () -> rollOutPast(behind));
      stage.terminal().line("    " + SPOILT + " said: " + why);
      stage.terminal().step(SPOILT + " mended", this::mend);
      stage.terminal().step("second rollout", () -> rollOutTo(List.of(SPOILT)));
    }
    stage.terminal().step("all tenants at V2", this::check);
  }

  private String register() {
    stage
        .burgage()
        .migrations(Stage.POOL)
        .register(Map.of(ChinookData.LOYALTY, ChinookData.migration(ChinookData.LOYALTY)));
    return "migration V2 registered: a table LoyaltyCard, an index, and its first rows";
  }

  private List<String> behind() {
    return active().stream()
        .filter(t -> !VERSION.equals(t.schemaVersion()))
        .map(Tenant::id)
        .toList();
  }

  private List<Tenant> active() {
    return stage.tenants().list(TenantFilter.ALL.withState(TenantState.ACTIVE)).toList();
  }

  private String spoil() {
    spoilt().prepare("CREATE TABLE IF NOT EXISTS LoyaltyCard (note TEXT)").run();
    return SPOILT + ": somebody made a table LoyaltyCard by hand";
  }

  private D1Database spoilt() {
    return stage.env().DB_POOL.get(SPOILT);
  }

  // Gives the failed tenant's reason.
  private Terminal.Told<String> rollOutPast(List<String> behind) {
    Rollout rollout = finished();
    List<RolloutTarget> failed =
        stage.burgage().rollouts(Stage.POOL).targets(rollout.id(), "failed").toList();
    require(
        rollout.counts().failed() == 1
            && failed.size() == 1
            && failed.getFirst().tenant().equals(SPOILT),
        "%s alone was to fail; %s, failed: %s",
        SPOILT,
        rollout,
        failed);
    require(
        rollout.counts().applied() == behind.size() - 1,
        "%d tenants were to be migrated: %s",
        behind.size() - 1,
        rollout);
    Object invoices = spoilt().prepare("SELECT count(*) AS n FROM Invoice").first("n");
    require(invoices instanceof Long n && n > 0, "%s does not answer after it failed", SPOILT);
    return new Terminal.Told<>(
        "rollout to V2: %d applied, 1 failed; %s still answers, as it was"
            .formatted(rollout.counts().applied(), SPOILT),
        String.valueOf(failed.getFirst().error()));
  }

  private String mend() {
    D1Database database = spoilt();
    database.batch(
        List.of(
            database.prepare("DROP TABLE IF EXISTS LoyaltyCardByHand"),
            database.prepare("ALTER TABLE LoyaltyCard RENAME TO LoyaltyCardByHand")));
    return SPOILT + " mended: its own table has another name now";
  }

  private String rollOutTo(List<String> behind) {
    Rollout rollout = finished();
    require(rollout.succeeded(), "tenants failed: %s", rollout);
    require(
        rollout.counts().applied() == behind.size(),
        "only %s were to be migrated: %s",
        behind,
        rollout);
    return "rollout to V2: %d applied, %s"
        .formatted(
            rollout.counts().applied(),
            behind.isEmpty() ? "all tenants have had it before" : "the others have had it before");
  }

  private Rollout finished() {
    Rollouts rollouts = stage.burgage().rollouts(Stage.POOL);
    Rollout rollout = rollouts.await(rollouts.start(VERSION).id(), ROLLOUT_MAX);
    require(rollout.isFinished(), "the rollout did not end within %s: %s", ROLLOUT_MAX, rollout);
    return rollout;
  }

  private String check() {
    List<Tenant> tenants = active();
    for (Tenant tenant : tenants) {
      require(VERSION.equals(tenant.schemaVersion()), "%s is not at V2: %s", tenant.id(), tenant);
      Object indexes =
          stage
              .env()
              .DB_POOL
              .get(tenant.id())
              .prepare(
                  "SELECT count(*) AS n FROM sqlite_master WHERE type = 'index' AND name = ?"
                      + " AND (SELECT count(Points) FROM LoyaltyCard) >= 0")
              .bind("LoyaltyCardCustomer")
              .first("n");
      require(Long.valueOf(1).equals(indexes), "%s lacks the index", tenant.id());
    }
    return "all %d tenants are at V2 and have the table and the index".formatted(tenants.size());
  }
}
