package dev.burgage.control.provisioning;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The sweeps as recurring tasks: one control plane of a cell at a time does each.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProvisioningSettings.class)
class ProvisioningConfiguration {
  @Bean
  RecurringTask<Void> reconcile(Reconciler reconciler, ProvisioningSettings settings) {
    return Tasks.recurring("reconcile", FixedDelay.of(settings.every()))
        .execute((_, _) -> reconciler.finish(settings.reconcileAfter()));
  }

  @Bean
  RecurringTask<Void> purge(Reconciler reconciler, ProvisioningSettings settings, Clock clock) {
    return Tasks.recurring("purge", FixedDelay.of(settings.every()))
        .execute((_, _) -> {
          reconciler.purge(clock.instant());
          reconciler.forgetTombstones();
        });
  }

  @Bean
  RecurringTask<Void> sweepOrphans(OrphanSweep sweep, ProvisioningSettings settings) {
    return Tasks.recurring("sweep-orphans", FixedDelay.of(settings.orphansEvery()))
        .execute((_, _) -> sweep.run());
  }
}
