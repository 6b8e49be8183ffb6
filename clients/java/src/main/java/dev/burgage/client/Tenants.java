package dev.burgage.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The tenants of a pool. Its methods throw [BurgageException] with the server's code and text, and
/// [dev.burgage.protocol.InvalidNameException] for an illegal id. Thread-safe.
public final class Tenants {
  private final Administration administration;
  private final String path;

  Tenants(Administration administration, PoolName pool) {
    this.administration = administration;
    this.path = "/v1/pools/" + pool + "/tenants";
  }

  private record Creation(TenantId id, Map<String, String> labels) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Change(@Nullable Map<String, String> labels, @Nullable Limits limits) {}

  private record TenantPage(List<Tenant> tenants, @Nullable String next) {}

  /// `create(id, Map.of())`.
  public Tenant create(String id) {
    return create(id, Map.of());
  }

  /// Makes a tenant with a database at the pool's newest schema. When it returns, the database can
  /// be used. The same tenant again changes nothing; another one of that id is a `conflict`.
  public Tenant create(String id, Map<String, String> labels) {
    return administration.post(path, new Creation(new TenantId(id), labels), Tenant.class);
  }

  public Tenant get(String id) {
    return administration.get(of(id), Tenant.class);
  }

  /// Empty if the pool has no such tenant.
  public Optional<Tenant> find(String id) {
    try {
      return Optional.of(get(id));
    } catch (BurgageException e) {
      if (e.code() == ErrorCode.UNKNOWN_TENANT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// `list(TenantFilter.ALL)`.
  public Stream<Tenant> list() {
    return list(TenantFilter.ALL);
  }

  /// Tenants by id, deleted ones that are still recoverable among them. Pages are fetched while the
  /// stream is read; a tenant created meanwhile may be in it or not.
  public Stream<Tenant> list(TenantFilter filter) {
    return Pages.stream(cursor -> {
      TenantPage page =
          administration.get(Pages.at(path + "?" + filter.query(), cursor), TenantPage.class);
      return new Pages.Page<>(page.tenants(), page.next());
    });
  }

  /// Replaces the labels.
  public Tenant label(String id, Map<String, String> labels) {
    return administration.patch(of(id), new Change(labels, /* limits= */ null), Tenant.class);
  }

  /// Replaces the limits.
  public Tenant limit(String id, Limits limits) {
    return administration.patch(of(id), new Change(/* labels= */ null, limits), Tenant.class);
  }

  /// Statements are refused until [#resume(String)].
  public Tenant suspend(String id) {
    return administration.post(of(id) + "/suspend", Tenant.class);
  }

  public Tenant resume(String id) {
    return administration.post(of(id) + "/resume", Tenant.class);
  }

  /// Ends a quarantine.
  public Tenant release(String id) {
    return administration.post(of(id) + "/release", Tenant.class);
  }

  /// Statements are refused, and the database goes for good at [Tenant#purgeAt()].
  public Tenant delete(String id) {
    return administration.delete(of(id), Tenant.class);
  }

  /// Takes a deletion back while it can be.
  public Tenant undelete(String id) {
    return administration.post(of(id) + "/undelete", Tenant.class);
  }

  private String of(String id) {
    return path + "/" + new TenantId(id);
  }
}
