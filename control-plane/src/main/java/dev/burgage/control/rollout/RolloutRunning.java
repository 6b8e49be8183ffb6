package dev.burgage.control.rollout;

import dev.burgage.control.rollout.TargetOutcomes.TargetOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// What running rollouts go by: settings and time; and where they count what they did.
@Component
class RolloutRunning {
  private final RolloutSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final String runner =
      ManagementFactory.getRuntimeMXBean().getName()
          + "-"
          + UUID.randomUUID().toString().substring(0, 8);

  RolloutRunning(RolloutSettings settings, Clock clock, MeterRegistry meters) {
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  RolloutSettings settings() {
    return settings;
  }

  /// As exact as PostgreSQL keeps it.
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /// This control plane, as long as it runs.
  String runner() {
    return runner;
  }

  void count(List<TargetOutcome> outcomes) {
    for (TargetOutcome target : outcomes) {
      meters
          .counter("burgage.rollout.targets", "result", target.outcome().result().toString())
          .increment();
    }
  }
}
