package dev.burgage.control.tenant;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.Locale;

/// Where in its life a tenant is. The ways are PROVISIONING → ACTIVE ⇄ SUSPENDED, either → DELETED
/// and back, DELETED → PURGING → PURGED, and for what could not be made PROVISIONING → ABANDONED →
/// PURGED. A PURGED row is a tombstone; a new tenant of the same id takes its place.
public enum TenantState {
  PROVISIONING,
  /// Could not be made; its file, if there is one, must go.
  ABANDONED,
  ACTIVE,
  SUSPENDED,
  /// Never of a row: how an ACTIVE tenant is shown whose database its node refuses.
  QUARANTINED,
  DELETED,
  /// Past its retention; its file is going, so there is no way back.
  PURGING,
  PURGED;

  /// @throws BurgageException `invalid_request` if the text is no state that callers see
  static TenantState parse(String text) {
    for (TenantState state : values()) {
      if (state != PURGED && state.shown() == state && state.toString().equals(text)) {
        return state;
      }
    }
    throw new BurgageException(
        ErrorCode.INVALID_REQUEST,
        "state must be provisioning, active, suspended, quarantined or deleted; got \"%s\""
            .formatted(text));
  }

  /// The state as callers see it: they need not know of our housekeeping.
  public TenantState shown() {
    return switch (this) {
      case ABANDONED -> PROVISIONING;
      case PURGING -> DELETED;
      case PROVISIONING, ACTIVE, SUSPENDED, QUARANTINED, DELETED, PURGED -> this;
    };
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
