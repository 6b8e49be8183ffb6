package dev.burgage.control.migration;

import dev.burgage.migrations.apply.Trial;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The trial that a set goes through before it is registered.
@Configuration(proxyBeanMethods = false)
class MigrationConfiguration {
  /// On an empty database the scripts of a sane set take milliseconds.
  private static final Duration TRIAL_LONGEST = Duration.ofSeconds(10);

  @Bean
  Trial trial() {
    return new Trial(TRIAL_LONGEST);
  }
}
