package dev.burgage.d1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session with one database: see [D1Database#withSession(String)]. Thread-safe.
public interface D1DatabaseSession {
  D1PreparedStatement prepare(String sql);

  /// As [D1Database#batch(List)].
  List<D1Result> batch(List<D1PreparedStatement> statements);

  /// The newest bookmark that the session has seen; null before its first statement, unless it was
  /// started from one.
  @Nullable String getBookmark();
}
