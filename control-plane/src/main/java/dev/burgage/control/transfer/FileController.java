package dev.burgage.control.transfer;

import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeClient.Download;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.FileFormat;
import dev.burgage.protocol.node.TransferProgress;
import dev.burgage.protocol.node.TransferStatus;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/tenants/{tenant}")
@Tag(name = "Files")
class FileController {
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{59}"); // a bookmark's length

  private final Tenants tenants;
  private final NodeClient nodes;

  FileController(Tenants tenants, NodeClient nodes) {
    this.tenants = tenants;
    this.nodes = nodes;
  }

  @GetMapping("/export")
  @Operation(
      summary = "Download a tenant's database as it is now",
      description =
          "format=db: a SQLite file, without anything to be recovered; format=sql: statements that"
              + " make it, virtual tables too. Nobody is held up meanwhile.")
  @ApiResponse(
      responseCode = "200",
      content = {
        @Content(mediaType = "application/vnd.sqlite3", schema = @Schema(format = "binary")),
        @Content(mediaType = "application/sql", schema = @Schema(format = "binary"))
      })
  void export(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @Parameter(description = "db or sql.") @RequestParam(defaultValue = "db") String format,
      @Parameter(hidden = true) HttpServletResponse response)
      throws IOException {
    FileFormat wanted = FileFormat.parse(format);
    Download download = nodes.download(ready(pool, tenant).at(), "/export?format=" + wanted);
    try (InputStream content = download.content()) {
      response.setContentType(wanted.mediaType());
      response.setHeader(
          HttpHeaders.CONTENT_DISPOSITION,
          "attachment; filename=\"%s.%s\"".formatted(tenant, wanted));
      if (download.length() >= 0) {
        response.setContentLengthLong(download.length());
      }
      content.transferTo(response.getOutputStream());
    }
  }

  @PutMapping("/import")
  @Operation(
      summary = "Fill an empty tenant with a file",
      description =
          "The body is the file: a SQLite file or SQL. All of it is imported or nothing. The"
              + " tenant's tables must be empty; if its pool has migrations, the file must have the"
              + " schema of the tenant's version. 202 while it is under way: ask GET"
              + " …/imports/{id}.")
  ResponseEntity<ImportView> load(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @Parameter(description = "db or sql.") @RequestParam(defaultValue = "db") String format,
      @Parameter(hidden = true) HttpServletRequest request)
      throws IOException {
    FileFormat given = FileFormat.parse(format);
    TransferProgress progress =
        nodes.upload(
            ready(pool, tenant).at(),
            "/import?format=" + given,
            request.getContentLengthLong(),
            request.getInputStream(),
            TransferProgress.class);
    if (progress.status() == TransferStatus.ERROR) {
      throw new BurgageException(ErrorCode.SQL_ERROR, String.valueOf(progress.error()));
    }
    boolean isDone = progress.status() == TransferStatus.COMPLETE;
    return ResponseEntity.status(isDone ? HttpStatus.OK : HttpStatus.ACCEPTED)
        .body(ImportView.of(progress));
  }

  @GetMapping("/imports/{id}")
  @Operation(
      summary = "How an import stands",
      description = "Remembered for an hour. The answer may take a second if nothing is new.")
  ImportView progress(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @PathVariable String id) {
    Tenant ready = ready(pool, tenant);
    if (!ID.matcher(id).matches()) {
      throw new BurgageException(ErrorCode.NOT_FOUND, "there is no import \"%s\"".formatted(id));
    }
    return ImportView.of(
        nodes.ask(ready.at(), "GET", "/imports/" + id, null, TransferProgress.class));
  }

  private Tenant ready(PoolName pool, TenantId id) {
    Tenant tenant = tenants.get(new TenantKey(pool, id));
    if (tenant.state().shown() == TenantState.PROVISIONING) {
      throw new BurgageException(
          ErrorCode.NOT_READY,
          "tenant \"%s\" is still being provisioned; repeat the request".formatted(tenant.key()));
    }
    return tenant;
  }
}
