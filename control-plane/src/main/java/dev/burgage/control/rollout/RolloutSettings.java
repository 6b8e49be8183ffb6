package dev.burgage.control.rollout;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How rollouts work.
///
/// @param batch targets that one order to a node has; a node takes at most 500
/// @param gatedBatch the same in a wave whose gate counts failures: so many may fail at once before
///   anybody looks; never more than batch
/// @param nodesAtOnce nodes that one rollout keeps busy at once
/// @param attemptsMax orders after which the targets of a node that does not answer fail
/// @param waitLeast before the first repetition; doubled for each further one
/// @param waitMost between repetitions
/// @param slice how long a rollout holds a thread of the scheduler before others get their turn
/// @param tricklePerSecond dormant targets that are ordered a second, after the last wave
/// @param plannedMax rollouts of a pool that are planned and not started
@ConfigurationProperties("burgage.rollout")
record RolloutSettings(
    @DefaultValue("200") int batch,
    @DefaultValue("50") int gatedBatch,
    @DefaultValue("16") int nodesAtOnce,
    @DefaultValue("20") int attemptsMax,
    @DefaultValue("1s") Duration waitLeast,
    @DefaultValue("30s") Duration waitMost,
    @DefaultValue("30s") Duration slice,
    @DefaultValue("20") double tricklePerSecond,
    @DefaultValue("10") int plannedMax) {
  private static final int NODE_BATCH_MAX = 500;

  RolloutSettings {
    check(batch >= 1 && batch <= NODE_BATCH_MAX, "batch must be 1 to 500", batch);
    check(gatedBatch >= 1, "gated-batch must be at least 1", gatedBatch);
    gatedBatch = Math.min(gatedBatch, batch); // whoever lowers batch need not know of the other
    check(nodesAtOnce >= 1, "nodes-at-once must be at least 1", nodesAtOnce);
    check(attemptsMax >= 1, "attempts-max must be at least 1", attemptsMax);
    check(waitLeast.isPositive(), "wait-least must be positive", waitLeast);
    check(
        waitMost.compareTo(waitLeast) >= 0, "wait-most must not be less than wait-least", waitMost);
    check(slice.isPositive(), "slice must be positive", slice);
    check(tricklePerSecond > 0, "trickle-per-second must be above 0", tricklePerSecond);
    check(plannedMax >= 1, "planned-max must be at least 1", plannedMax);
  }

  private static void check(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("burgage.rollout." + rule + "; got " + value);
    }
  }
}
