package dev.burgage.control.backup;

import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Restored;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController("backups")
@RequestMapping("/v1/pools/{pool}/tenants/{tenant}/backups")
@Tag(name = "Backups")
class BackupController {
  private static final int LIMIT_MAX = 100;

  private final Tenants tenants;
  private final TenantBackups backups;

  BackupController(Tenants tenants, TenantBackups backups) {
    this.tenants = tenants;
    this.backups = backups;
  }

  private Tenant tenant(PoolName pool, TenantId tenant) {
    return tenants.get(new TenantKey(pool, tenant));
  }

  @GetMapping
  @Operation(
      summary = "List a tenant's backups, the newest first",
      description =
          "Give `next` back as `cursor` for the page after; it is missing on the last. `failure`"
              + " says why the newest scheduled backup was not made, if it was not.")
  Backup.Backups list(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @RequestParam(defaultValue = "25") int limit,
      @Schema(description = "`next` of the page before.") @RequestParam(defaultValue = "")
          String cursor) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "limit must be between 1 and %d; got %d".formatted(LIMIT_MAX, limit));
    }
    return backups.page(tenant(pool, tenant), cursor, limit);
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      summary = "Back a tenant up now",
      description = "Answered when the copy is checked and in the object store.")
  Backup make(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return backups.make(tenant(pool, tenant));
  }

  @GetMapping("/{id}")
  @Operation(summary = "What a backup is")
  Backup get(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @PathVariable UUID id) {
    return backups.get(tenant(pool, tenant), id);
  }

  @GetMapping("/{id}/file")
  @Operation(
      summary = "Download a backup as a SQLite file",
      description =
          "Checked as it is sent: of one that is damaged less comes than its Content-Length says.",
      responses =
          @ApiResponse(
              responseCode = "200",
              content =
                  @Content(
                      mediaType = "application/vnd.sqlite3",
                      schema = @Schema(type = "string", format = "binary"))))
  void send(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @PathVariable UUID id,
      HttpServletResponse response)
      throws IOException {
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"%s-%s.db\"".formatted(tenant, id));
    backups.send(tenant(pool, tenant), id, response);
  }

  @PostMapping("/{id}/restore")
  @Operation(
      summary = "Put a backup in a tenant's place",
      description =
          "In one transaction: who reads meanwhile sees the one or the other. `previousBookmark` is"
              + " the state before.")
  Restored restore(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @PathVariable UUID id) {
    return backups.restore(tenant(pool, tenant), id);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a backup", description = "Nothing happens if there is none.")
  void delete(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @PathVariable UUID id) {
    backups.delete(tenant(pool, tenant), id);
  }
}
