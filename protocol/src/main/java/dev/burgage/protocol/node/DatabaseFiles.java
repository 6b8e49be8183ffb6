package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import java.util.List;

/// Answer to `GET /node/v1/databases?after=…`: database files on the node's disk, by id, a page at
/// a time. A page with no files is the last.
public record DatabaseFiles(List<DatabaseFile> files) {
  public DatabaseFiles {
    files = List.copyOf(files);
  }

  /// One database file.
  ///
  /// @param ageMillis time since it was made or last attached
  public record DatabaseFile(DatabaseId database, long generation, long ageMillis) {}
}
