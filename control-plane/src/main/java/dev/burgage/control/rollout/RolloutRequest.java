package dev.burgage.control.rollout;

import dev.burgage.migrations.rollout.Gate;
import dev.burgage.migrations.rollout.WaveShare;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.Invariant;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A request for a rollout.
@Schema(name = "NewRollout", description = "A rollout to plan. All may be left out.")
record RolloutRequest(
    @Schema(description = "A registered version; the newest if left out.", example = "3")
        @Nullable String version,
    @Schema(
            description =
                "Start at once what is planned, without a look at the plan. For pipelines.")
        @Nullable Boolean start,
    @Nullable Select select,
    @Nullable FirstWave canary,
    @Schema(description = "Waves before the last one, which takes the rest.")
        @Nullable List<Wave> waves,
    @Schema(
            description =
                "For waves that have none of their own. If nothing is said, no tenant may fail in"
                    + " a wave that has another after it, and the last one has no gate.")
        @Nullable Limits gate,
    @Schema(
            description = "Orders that a node has at once, of up to 200 tenants each; 1 to 8.",
            defaultValue = "1")
        @Nullable Integer parallelPerNode,
    @Schema(description = "Over all nodes.") @Nullable Double tenantsPerSecondMax,
    @Schema(description = "What must hold of every tenant's data; else its migration is undone.")
        @Nullable List<Question> invariants,
    @Schema(
            type = "string",
            example = "P7D",
            description =
                "Tenants that nobody used for so long are migrated before their next use, and"
                    + " slowly after the last wave.")
        @Nullable Duration dormantAfter,
    @Schema(
            type = "string",
            example = "P1D",
            defaultValue = "P1D",
            description =
                "How long the rollout can be undone, as far as the past is kept; PT0S for never.")
        @Nullable Duration undoFor,
    @Schema(description = "Start although lint warns. Errors cannot be accepted.")
        @Nullable Boolean acceptWarnings) {
  private static final int WAVES_MAX = 50;
  private static final int NAMES_MAX = 10_000;
  private static final int INVARIANTS_MAX = 20;
  private static final int PARALLEL_MAX = 8;
  private static final Duration UNDO_FOR = Duration.ofDays(1);
  static final RolloutRequest ALL = undoFor(null);
  static final RolloutRequest WITHOUT_UNDO = undoFor(Duration.ZERO);

  private static RolloutRequest undoFor(@Nullable Duration time) {
    return new RolloutRequest(
        null, null, null, null, null, null, null, null, null, null, time, null);
  }

  boolean startsAtOnce() {
    return Boolean.TRUE.equals(start);
  }

  /// @throws BurgageException `invalid_request`
  RolloutOptions checked() {
    try {
      return options();
    } catch (IllegalArgumentException e) {
      throw new BurgageException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  private RolloutOptions options() {
    List<Wave> wanted = orNone(waves);
    List<Question> questions = orNone(invariants);
    check(wanted.size() <= WAVES_MAX, "waves must be at most %d".formatted(WAVES_MAX));
    check(
        questions.size() <= INVARIANTS_MAX,
        "invariants must be at most %d".formatted(INVARIANTS_MAX));
    check(
        parallelPerNode == null || (parallelPerNode >= 1 && parallelPerNode <= PARALLEL_MAX),
        "parallelPerNode must be between 1 and %d".formatted(PARALLEL_MAX));
    check(
        tenantsPerSecondMax == null || (tenantsPerSecondMax > 0 && tenantsPerSecondMax <= 1e6),
        "tenantsPerSecondMax must be above 0");
    check(dormantAfter == null || dormantAfter.isPositive(), "dormantAfter must be positive");
    check(
        undoFor == null || !undoFor.isNegative(), "undoFor must be positive, or PT0S for no undo");
    Duration kept = undoFor == null ? UNDO_FOR : undoFor;
    return new RolloutOptions(
        select == null ? null : select.checked(),
        canary == null ? null : canary.checked(),
        wanted.stream().map(Wave::checked).toList(),
        gate == null ? null : gate.checked(),
        parallelPerNode == null ? 1 : parallelPerNode,
        tenantsPerSecondMax,
        questions.stream().map(Question::checked).toList(),
        dormantAfter,
        kept.isZero() ? null : kept,
        acceptWarnings);
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static Duration orZero(@Nullable Duration soak) {
    check(soak == null || !soak.isNegative(), "soak must not be negative");
    return soak == null ? Duration.ZERO : soak;
  }

  private static void checkNames(String what, @Nullable List<String> names) {
    check(
        names == null || names.size() <= NAMES_MAX,
        "%s must be at most %d; select by a label instead".formatted(what, NAMES_MAX));
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  private static <T> T named(String what, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
    }
  }

  @Schema(name = "RolloutSelection", description = "Which tenants; all that is said must hold.")
  record Select(
      @Schema(example = "{\"plan\": \"gold\"}") @Nullable Map<String, String> labels,
      @Schema(description = "That they are at.") @Nullable List<String> versions,
      @Nullable List<String> tenants) {
    RolloutOptions.Selection checked() {
      checkNames("select.versions", versions);
      checkNames("select.tenants", tenants);
      return new RolloutOptions.Selection(labels, versions, tenants);
    }
  }

  @Schema(name = "RolloutCanary", description = "The first wave: one of tenants, count, percent.")
  record FirstWave(
      @Nullable List<String> tenants,
      @Nullable Integer count,
      @Nullable Double percent,
      @Schema(type = "string", example = "PT5M") @Nullable Duration soak,
      @Nullable Limits gate) {
    RolloutOptions.Canary checked() {
      checkNames("canary.tenants", tenants);
      boolean isNamed = tenants != null && !tenants.isEmpty();
      check(
          !isNamed || (count == null && percent == null),
          "canary needs one of tenants, count and percent");
      return new RolloutOptions.Canary(
          isNamed ? tenants : null,
          isNamed ? null : named("canary", () -> new WaveShare(count, percent)),
          orZero(soak),
          gate == null ? null : gate.checked());
    }
  }

  @Schema(name = "NewRolloutWave", description = "A wave before the last: count or percent.")
  record Wave(
      @Nullable Integer count,
      @Schema(description = "Of the tenants that are behind.") @Nullable Double percent,
      @Schema(
              type = "string",
              example = "PT5M",
              description = "How long to wait after its end before its gate is looked at.")
          @Nullable Duration soak,
      @Nullable Limits gate) {
    RolloutOptions.NewWave checked() {
      return new RolloutOptions.NewWave(
          named("waves", () -> new WaveShare(count, percent)),
          orZero(soak),
          gate == null ? null : gate.checked());
    }
  }

  @Schema(
      name = "RolloutGate",
      description = "What must hold of a wave for the rollout to go on. {} lets all pass.")
  record Limits(
      @Nullable Integer failuresMax,
      @Nullable Double failuresPercentMax,
      @Nullable Integer invariantFailuresMax,
      @Schema(description = "19 of 20 migrations must take no longer.") @Nullable Long p95MillisMax,
      @Schema(description = "Whether somebody must approve the wave.") @Nullable Boolean approval) {
    Gate checked() {
      return named(
          "gate",
          () ->
              new Gate(
                  failuresMax,
                  failuresPercentMax,
                  invariantFailuresMax,
                  p95MillisMax,
                  Boolean.TRUE.equals(approval)));
    }

    static Limits of(Gate gate) {
      return new Limits(
          gate.failuresMax(),
          gate.failuresPercentMax(),
          gate.invariantFailuresMax(),
          gate.p95MillisMax(),
          gate.approval());
    }
  }

  @Schema(name = "Invariant", description = "A question to every tenant's data.")
  record Question(
      @Schema(example = "no orphans", requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String name,
      @Schema(
              example = "SELECT id FROM line WHERE invoice NOT IN (SELECT id FROM invoice)",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String sql,
      @Schema(
              type = "string",
              allowableValues = {"empty", "same"},
              defaultValue = "empty",
              description = "No row after the migration, or the same rows before and after.")
          Invariant.@Nullable Expectation expect) {
    Invariant checked() {
      check(
          name != null && !name.isBlank() && sql != null && !sql.isBlank(),
          "each of invariants needs a name and sql");
      return new Invariant(
          String.valueOf(name),
          String.valueOf(sql),
          expect == null ? Invariant.Expectation.EMPTY : expect);
    }
  }
}
