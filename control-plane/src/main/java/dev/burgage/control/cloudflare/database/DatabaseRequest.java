package dev.burgage.control.cloudflare.database;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.DatabaseName;
import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Body of a request that makes or changes a database. `primary_location_hint` is passed over:
/// there is one location.
record DatabaseRequest(
    @Nullable String name,
    @Nullable String jurisdiction,
    @JsonProperty("read_replication") @Nullable ReadReplication readReplication) {
  private static final List<String> JURISDICTIONS = List.of("eu", "fedramp", "us");
  private static final List<String> MODES = List.of("auto", "disabled");

  record ReadReplication(@Nullable String mode) {}

  TenantId checkedTenant() {
    if (name == null) {
      throw CloudflareException.invalid("name", "Required");
    }
    try {
      return new DatabaseName(name).tenant();
    } catch (InvalidNameException e) {
      throw CloudflareException.invalid("name", String.valueOf(e.getMessage()));
    }
  }

  @Nullable String checkedJurisdiction() {
    if (jurisdiction != null && !JURISDICTIONS.contains(jurisdiction)) {
      throw CloudflareException.invalid("jurisdiction", "must be one of " + JURISDICTIONS);
    }
    return jurisdiction;
  }

  boolean hasMode() {
    return readReplication != null;
  }

  String checkedMode(String otherwise) {
    if (readReplication == null) {
      return otherwise;
    }
    String mode = readReplication.mode();
    if (mode == null || !MODES.contains(mode)) {
      throw CloudflareException.invalid("read_replication.mode", "must be one of " + MODES);
    }
    return mode;
  }
}
