package dev.burgage.control.cloudflare.transfer;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.TransferProgress;
import dev.burgage.protocol.node.TransferProgress.Loaded;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What Cloudflare's tools read when they ask how an import or export stands. `messages` and, of a
/// complete import, the numbers must always be there: they are used without looking.
final class Polling {
  private Polling() {}

  static Map<String, Object> of(String type, TransferProgress progress) {
    var view = new LinkedHashMap<String, Object>();
    view.put("success", true);
    view.put("type", type);
    view.put("status", progress.status().toString());
    view.put("at_bookmark", progress.bookmark());
    view.put("messages", progress.messages());
    view.put("errors", progress.error() == null ? List.of() : List.of(progress.error()));
    if (progress.error() != null) {
      view.put("error", progress.error());
    }
    return view;
  }

  static Map<String, Object> loaded(Loaded loaded, String node) {
    var meta = new LinkedHashMap<String, Object>();
    meta.put("served_by", node);
    meta.put("duration", loaded.durationMillis());
    meta.put("changes", loaded.changes());
    meta.put("last_row_id", loaded.lastRowId());
    meta.put("changed_db", true);
    meta.put("size_after", loaded.sizeAfter());
    meta.put("rows_read", loaded.rowsRead());
    meta.put("rows_written", loaded.changes());
    var result = new LinkedHashMap<String, Object>();
    result.put("final_bookmark", loaded.bookmark());
    result.put("num_queries", loaded.statements());
    result.put("meta", meta);
    return result;
  }

  /// Clients end their loops on exactly this text.
  static Map<String, Object> nothing(String doing) {
    String error = "Not currently %s anything.".formatted(doing);
    return Map.of(
        "success", false, "error", error, "messages", List.of(), "errors", List.of(error));
  }

  /// @return empty if the node does not have what is asked for
  static Optional<TransferProgress> find(Supplier<TransferProgress> ask) {
    try {
      return Optional.of(ask.get());
    } catch (BurgageException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
