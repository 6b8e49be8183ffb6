package dev.burgage.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// Where a tenant is in its life.
public enum TenantState {
  /// Its creation has begun and is not over; it answers no statement yet.
  PROVISIONING,
  ACTIVE,
  SUSPENDED,
  /// Its node died under its statements and refuses them until [Tenants#release(String)].
  QUARANTINED,
  /// Recoverable until [Tenant#purgeAt()].
  DELETED;

  @JsonCreator
  static TenantState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
