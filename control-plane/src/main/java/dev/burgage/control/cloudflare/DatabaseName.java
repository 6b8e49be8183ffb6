package dev.burgage.control.cloudflare;

import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.TenantId;

/// A database's name as Cloudflare's tools say it: the tenant's id, but for names that begin with
/// `_`, which ids cannot. Those stand for the id with `d1.` in front: Prisma makes databases called
/// `_prisma_shadow_<uuid>`. The tenant says all that there is to know, so nothing is kept.
public record DatabaseName(String value) {
  private static final String MARK = "_";
  private static final String PREFIX = "d1.";

  public static DatabaseName of(TenantId tenant) {
    String id = tenant.value();
    return new DatabaseName(id.startsWith(PREFIX + MARK) ? id.substring(PREFIX.length()) : id);
  }

  /// @throws InvalidNameException if it stands for no legal id
  public TenantId tenant() {
    return new TenantId(id());
  }

  /// The id that it stands for, legal or not.
  public String id() {
    return value.startsWith(MARK) ? PREFIX + value : value;
  }

  @Override
  public String toString() {
    return value;
  }
}
