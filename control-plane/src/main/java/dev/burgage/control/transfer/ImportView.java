package dev.burgage.control.transfer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.node.TransferProgress;
import dev.burgage.protocol.node.TransferProgress.Loaded;
import dev.burgage.protocol.node.TransferStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// How an import stands, as callers see it.
@Schema(name = "Import", description = "How an import stands.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ImportView(
    @Schema(description = "Names the import: ask for it with GET …/imports/{id}.") String id,
    @Schema(description = "active, complete, or error: nothing was changed then.")
        TransferStatus status,
    @Schema(description = "How far it is, or what went wrong; for people.") String message,
    @Schema(description = "The database's bookmark after it.") @Nullable String bookmark,
    @Nullable Long statements,
    @Nullable Long sizeBytes) {
  static ImportView of(TransferProgress progress) {
    Loaded loaded = progress.loaded();
    String error = progress.error();
    return new ImportView(
        progress.bookmark(),
        progress.status(),
        error != null ? error : String.join(" ", progress.messages()),
        loaded == null ? null : loaded.bookmark(),
        loaded == null ? null : loaded.statements(),
        loaded == null ? null : loaded.sizeAfter());
  }
}
