package dev.burgage.node.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/// Tenant SQL to scripts, with a memory for those that come again: the same few hundred texts make
/// up almost all requests of an application. Thread-safe.
public final class Scripts {
  private static final int REMEMBERED_LENGTH_MAX = 4_096;

  private final Cache<String, Script> admitted;

  /// @param charactersMax of SQL text to remember
  public Scripts(long charactersMax) {
    this.admitted =
        Caffeine.newBuilder()
            .maximumWeight(charactersMax)
            .weigher((String sql, Script script) -> 2 * sql.length() + 100)
            .executor(Runnable::run)
            .build();
  }

  /// A text that will not come again.
  ///
  /// @throws SqlRefusedException if the SQL may not be tried
  public Script admitOnce(String sql) {
    return SqlGate.admit(sql);
  }

  /// @throws SqlRefusedException if the SQL may not be tried
  public Script admit(String sql) {
    if (sql.length() > REMEMBERED_LENGTH_MAX) {
      return SqlGate.admit(sql);
    }
    @Nullable Script known = admitted.getIfPresent(sql);
    if (known != null) {
      return known;
    }
    Script script = SqlGate.admit(sql);
    admitted.put(sql, script);
    return script;
  }
}
