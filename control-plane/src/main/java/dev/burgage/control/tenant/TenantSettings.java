package dev.burgage.control.tenant;

import dev.burgage.control.folder.StartRefused;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param deleteRetention how long a deleted tenant can come back
@ConfigurationProperties("burgage")
record TenantSettings(Duration deleteRetention) {
  TenantSettings {
    if (deleteRetention.isNegative()) {
      throw new StartRefused(
          "BURGAGE_DELETE_RETENTION must not be negative; got " + deleteRetention);
    }
  }
}
