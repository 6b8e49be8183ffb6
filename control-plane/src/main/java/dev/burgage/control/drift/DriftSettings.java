package dev.burgage.control.drift;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How tenants are sampled.
///
/// @param every between two samples; one control plane of a cell takes each
/// @param tenants in one sample
@ConfigurationProperties("burgage.drift")
record DriftSettings(@DefaultValue("60s") Duration every, @DefaultValue("200") int tenants) {
  private static final int TENANTS_MAX = 500;

  DriftSettings {
    if (!every.isPositive()) {
      throw new IllegalArgumentException("burgage.drift.every must be positive; got " + every);
    }
    if (tenants < 1 || tenants > TENANTS_MAX) {
      throw new IllegalArgumentException(
          "burgage.drift.tenants must be 1 to %d; got %d".formatted(TENANTS_MAX, tenants));
    }
  }
}
