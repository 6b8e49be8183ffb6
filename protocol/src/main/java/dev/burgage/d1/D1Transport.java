package dev.burgage.d1;

import dev.burgage.protocol.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries statements to where a pool's databases are. Implementations are thread-safe and block.
public interface D1Transport {
  /// Runs the statements in one transaction.
  ///
  /// @param session a constraint or bookmark of D1's sessions, or null
  /// @throws D1Exception if they failed; its message has no prefix yet
  Answer send(TenantId tenant, List<Statement> statements, @Nullable String session);

  /// SQL and its parameters: null, `Long`, `Double`, `String` or `byte[]`.
  record Statement(String sql, List<@Nullable Object> parameters) {}

  /// Rows and cost of one statement; values as [Statement] has them.
  record StatementResult(List<String> columns, List<List<@Nullable Object>> rows, D1Meta meta) {}

  /// What came back.
  ///
  /// @param bookmark of the state that the statements saw or made; null if no session was asked for
  record Answer(List<StatementResult> results, @Nullable String bookmark) {}
}
