package dev.burgage.control.cloudflare.database;

import dev.burgage.control.access.Caller;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.Body;
import dev.burgage.control.cloudflare.CloudflareCode;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.DatabaseName;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.cloudflare.Page;
import dev.burgage.control.cloudflare.database.DatabaseListing.Found;
import dev.burgage.control.cloudflare.database.DatabaseListing.Listed;
import dev.burgage.control.cloudflare.database.DatabaseSettings.Setting;
import dev.burgage.control.provisioning.TenantCreation;
import dev.burgage.control.tenant.DeletedTenants;
import dev.burgage.control.tenant.Lifecycle;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.TokenScope;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Databases: create, list, get, update, delete.
///
/// Not in our OpenAPI document: Cloudflare's describes it.
@Hidden
@RestController
@RequestMapping("/client/v4/accounts/{account}/d1/database")
class DatabaseController {
  private final Accounts accounts;
  private final Tenants tenants;
  private final TenantCreation creation;
  private final Lifecycle lifecycle;
  private final DatabaseListing listing;
  private final DatabaseDetails details;
  private final DeletedTenants deleted;

  DatabaseController(
      Accounts accounts,
      Tenants tenants,
      TenantCreation creation,
      Lifecycle lifecycle,
      DatabaseListing listing,
      DatabaseDetails details,
      DeletedTenants deleted) {
    this.accounts = accounts;
    this.tenants = tenants;
    this.creation = creation;
    this.lifecycle = lifecycle;
    this.listing = listing;
    this.details = details;
    this.deleted = deleted;
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @PathVariable String account, @RequestBody(required = false) byte @Nullable [] body) {
    PoolName pool = accounts.pool(account);
    DatabaseRequest request = Body.read(body, DatabaseRequest.class);
    TenantKey key = new TenantKey(pool, request.checkedTenant());
    Setting setting =
        new Setting(
            request.checkedMode(Setting.NONE.readReplication()), request.checkedJurisdiction());
    tenants.find(key).ifPresent(this::makeRoom);
    Tenant made = creation.create(key).orElseThrow(() -> taken(key));
    details.set(made, setting);
    return Envelope.of(details.view(made, List.of()));
  }

  // One that is still being made is made to its end, as if it were this request's. Cloudflare frees
  // the name of a deleted one at once.
  private void makeRoom(Tenant there) {
    switch (there.state()) {
      case ACTIVE, SUSPENDED, QUARANTINED -> throw taken(there.key());
      case DELETED, PURGING -> deleted.setAside(there.key());
      case PROVISIONING, ABANDONED, PURGED -> {}
    }
  }

  private static CloudflareException taken(TenantKey key) {
    return new CloudflareException(
        CloudflareCode.NAME_TAKEN,
        "Database with name '%s' already exists".formatted(DatabaseName.of(key.tenant())));
  }

  @GetMapping
  ResponseEntity<byte[]> list(
      @PathVariable String account,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "") String page,
      @RequestParam(name = "per_page", defaultValue = "") String perPage,
      @RequestAttribute(Caller.SCOPE) TokenScope scope) {
    PoolName pool = accounts.pool(account);
    Page wanted = Page.parse(page, perPage);
    Found found =
        scope.tenant() != null
            ? own(new TenantKey(pool, scope.tenant()), name, wanted)
            : name.isEmpty()
                ? new Found(listing.page(pool, wanted), listing.total(pool))
                : listing.search(pool, name, wanted);
    List<Map<String, @Nullable Object>> rows =
        found.rows().stream().map(row -> DatabaseView.listed(row, row.jurisdiction())).toList();
    return Envelope.page(rows, wanted, found.total());
  }

  // All that a tenant's token sees.
  private Found own(TenantKey key, String name, Page wanted) {
    List<Listed> rows =
        tenants.find(key).filter(Accounts::isThere).stream()
            .filter(tenant -> key.tenant().value().contains(new DatabaseName(name).id()))
            .map(Listed::of)
            .toList();
    return new Found(wanted.offset() == 0 ? rows : List.of(), rows.size());
  }

  /// @param fields `fields=a,b` as wrangler writes it, or `fields=a&fields=b` as the SDK does
  @GetMapping("/{database}")
  ResponseEntity<byte[]> get(
      @PathVariable String account,
      @PathVariable String database,
      @RequestParam(defaultValue = "") List<String> fields) {
    List<String> names =
        fields.stream()
            .flatMap(field -> Arrays.stream(field.split(",")))
            .filter(field -> !field.isBlank())
            .toList();
    return Envelope.of(details.view(accounts.database(account, database), names));
  }

  @PutMapping("/{database}")
  ResponseEntity<byte[]> put(
      @PathVariable String account,
      @PathVariable String database,
      @RequestBody(required = false) byte @Nullable [] body) {
    DatabaseRequest request = Body.read(body, DatabaseRequest.class);
    if (!request.hasMode()) {
      throw CloudflareException.invalid("read_replication", "Required");
    }
    return set(accounts.database(account, database), request);
  }

  @PatchMapping("/{database}")
  ResponseEntity<byte[]> patch(
      @PathVariable String account,
      @PathVariable String database,
      @RequestBody(required = false) byte @Nullable [] body) {
    return set(accounts.database(account, database), Body.read(body, DatabaseRequest.class));
  }

  private ResponseEntity<byte[]> set(Tenant tenant, DatabaseRequest request) {
    Setting old = details.setting(tenant);
    details.set(
        tenant, new Setting(request.checkedMode(old.readReplication()), old.jurisdiction()));
    return Envelope.of(details.view(tenant, List.of()));
  }

  @DeleteMapping("/{database}")
  ResponseEntity<byte[]> delete(@PathVariable String account, @PathVariable String database) {
    lifecycle.delete(accounts.database(account, database).key());
    return Envelope.of(null);
  }
}
