package dev.burgage.protocol.node;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answer to the orders that begin an import or an export, and to those that ask how far it is. The
/// node holds an answer that has nothing new for about a second.
///
/// @param bookmark of the database when it began; names the transfer
/// @param messages for people
/// @param error null unless it failed
/// @param loaded what an import has done; null unless it is complete
/// @param file name of the file that an export has made; null unless it is complete
public record TransferProgress(
    TransferStatus status,
    String bookmark,
    List<String> messages,
    @Nullable String error,
    @Nullable Loaded loaded,
    @Nullable String file) {
  public TransferProgress {
    messages = List.copyOf(messages);
  }

  /// What an import has done.
  ///
  /// @param bookmark of its commit
  /// @param rowsRead an estimate, as in `meta`
  public record Loaded(
      String bookmark,
      long statements,
      double durationMillis,
      long changes,
      long lastRowId,
      long sizeAfter,
      long rowsRead) {}
}
