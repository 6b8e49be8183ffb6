package dev.burgage.control.migration;

import dev.burgage.migrations.apply.Trial;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.lint.Lint;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The trial that a set goes through before it is registered, and the looks that are taken at it.
@Configuration(proxyBeanMethods = false)
class MigrationConfiguration {
  /// On an empty database the scripts of a sane set take milliseconds.
  private static final Duration TRIAL_LONGEST = Duration.ofSeconds(10);

  @Bean
  Lint lint(@Value("${burgage.sql.guard}") String guard) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    return new Lint(() -> Guard.of(guard, temporary), TRIAL_LONGEST);
  }

  /// @param guard `enforced` or `trusted`: a script is operators' SQL, and runs in this process
  @Bean
  Trial trial(@Value("${burgage.sql.guard}") String guard) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    return new Trial(() -> Guard.of(guard, temporary), TRIAL_LONGEST);
  }
}
