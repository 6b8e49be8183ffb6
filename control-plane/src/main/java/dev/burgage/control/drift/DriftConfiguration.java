package dev.burgage.control.drift;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The sampler as a recurring task: one control plane of a cell at a time.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DriftSettings.class)
class DriftConfiguration {
  @Bean
  RecurringTask<Void> sampleSchemas(SchemaCheck check, DriftSettings settings) {
    return Tasks.recurring("sample-schemas", FixedDelay.of(settings.every()))
        .execute((_, _) -> check.sample(settings.tenants()));
  }
}
