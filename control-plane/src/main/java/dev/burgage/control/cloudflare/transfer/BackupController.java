package dev.burgage.control.cloudflare.transfer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.burgage.control.backup.TenantBackups;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.CloudflareCode;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Restored;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `backup`: the routes that wrangler 3 has (4 dropped them with Cloudflare): whole copies, made,
/// listed, downloaded as SQLite files, restored.
@Hidden
@RestController("cloudflareBackups")
@RequestMapping("/client/v4/accounts/{account}/d1/database/{database}/backup")
class BackupController {
  private final Accounts accounts;
  private final TenantBackups backups;

  BackupController(Accounts accounts, TenantBackups backups) {
    this.accounts = accounts;
    this.backups = backups;
  }

  record BackupView(
      UUID id,
      @JsonProperty("database_id") String databaseId,
      @JsonProperty("created_at") Instant createdAt,
      String state,
      @JsonProperty("num_tables") int numTables,
      @JsonProperty("file_size") long fileSize) {
    static BackupView of(Tenant tenant, Backup backup) {
      return new BackupView(
          backup.id(),
          tenant.place().database().toString(),
          backup.createdAt(),
          "done",
          backup.tables(),
          backup.sizeBytes());
    }
  }

  @GetMapping
  ResponseEntity<byte[]> list(@PathVariable String account, @PathVariable String database) {
    Tenant tenant = accounts.database(account, database);
    return Envelope.of(
        backups.all(tenant).stream().map(backup -> BackupView.of(tenant, backup)).toList());
  }

  @PostMapping
  ResponseEntity<byte[]> create(@PathVariable String account, @PathVariable String database) {
    Tenant tenant = accounts.database(account, database);
    return Envelope.of(BackupView.of(tenant, backups.make(tenant)));
  }

  @GetMapping("/{backup}/download")
  void download(
      @PathVariable String account,
      @PathVariable String database,
      @PathVariable String backup,
      HttpServletResponse response)
      throws IOException {
    Tenant tenant = accounts.database(account, database);
    UUID id = id(backup);
    found(
        backup,
        () -> {
          backups.send(tenant, id, response);
          return true;
        });
  }

  @PostMapping("/{backup}/restore")
  ResponseEntity<byte[]> restore(
      @PathVariable String account, @PathVariable String database, @PathVariable String backup)
      throws IOException {
    Tenant tenant = accounts.database(account, database);
    UUID id = id(backup);
    Restored restored = found(backup, () -> backups.restore(tenant, id));
    return Envelope.of(
        Map.of("bookmark", restored.bookmark(), "previous_bookmark", restored.previousBookmark()));
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw unknown(text);
    }
  }

  @FunctionalInterface
  private interface Asking<T> {
    T ask() throws IOException;
  }

  private static <T> T found(String backup, Asking<T> asking) throws IOException {
    try {
      return asking.ask();
    } catch (BurgageException e) {
      throw e.code() == ErrorCode.NOT_FOUND ? unknown(backup) : e;
    }
  }

  private static CloudflareException unknown(String backup) {
    return new CloudflareException(
        CloudflareCode.UNKNOWN_DATABASE, "The backup %s could not be found".formatted(backup));
  }
}
