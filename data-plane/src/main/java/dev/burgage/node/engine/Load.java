package dev.burgage.node.engine;

import dev.burgage.node.sql.Script;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Statements that come one after the other, any number of them, and become one transaction: all or
/// none. They may take hours together, so each has the time that a request has. Used by one thread
/// at a time.
public interface Load {
  /// @return the next script, without parameters; null after the last
  /// @throws RuntimeException to give the whole load up
  @Nullable Script next() throws IOException;

  /// What a load has done.
  ///
  /// @param bookmark of its commit
  /// @param rowsRead rows that its statements returned
  record Loaded(
      Bookmark bookmark,
      long statements,
      double durationMillis,
      long changes,
      long lastRowId,
      long sizeAfter,
      long rowsRead) {}
}
