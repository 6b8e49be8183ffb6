package dev.burgage.protocol.binding;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a token reaches: the fleet, which is everything in the cell, one pool, or one tenant.
///
/// @param pool null for the fleet
/// @param tenant null for the fleet and for a pool
public record TokenScope(@Nullable PoolName pool, @Nullable TenantId tenant) {
  // Names have no spaces and no slashes.
  private static final Pattern TEXT = Pattern.compile("POOL ([^/ ]+)|TENANT ([^/ ]+)/([^/ ]+)");

  public static final TokenScope FLEET = new TokenScope(null, null);

  /// The three kinds of scope.
  public enum Kind {
    FLEET,
    POOL,
    TENANT
  }

  /// @throws IllegalArgumentException if there is a tenant and no pool
  public TokenScope {
    if (pool == null && tenant != null) {
      throw new IllegalArgumentException("the scope of a tenant must name its pool");
    }
  }

  public Kind kind() {
    return pool == null ? Kind.FLEET : tenant == null ? Kind.POOL : Kind.TENANT;
  }

  public boolean isFleet() {
    return pool == null;
  }

  /// Whether all of a pool is within the scope.
  public boolean covers(PoolName other) {
    return pool == null || (pool.equals(other) && tenant == null);
  }

  /// Whether a tenant is within the scope.
  public boolean covers(PoolName otherPool, TenantId other) {
    return covers(otherPool) || (otherPool.equals(pool) && other.equals(tenant));
  }

  /// @throws IllegalArgumentException if the text is not one that [#toString()] made
  @JsonCreator
  public static TokenScope parse(String text) {
    if (text.equals("FLEET")) {
      return FLEET;
    }
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not the scope of a token: \"%s\"".formatted(text));
    }
    return matcher.group(1) != null
        ? new TokenScope(new PoolName(matcher.group(1)), null)
        : new TokenScope(new PoolName(matcher.group(2)), new TenantId(matcher.group(3)));
  }

  /// `FLEET`, `POOL shop` or `TENANT shop/acme`.
  @JsonValue
  @Override
  public String toString() {
    return switch (kind()) {
      case FLEET -> "FLEET";
      case POOL -> "POOL " + pool;
      case TENANT -> "TENANT " + pool + "/" + tenant;
    };
  }
}
