package dev.burgage.d1;

import dev.burgage.d1.D1Transport.Answer;
import dev.burgage.d1.D1Transport.Statement;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A database, or a session with one, over a transport.
final class TransportDatabase implements D1Database, D1DatabaseSession {
  private final D1Transport transport;
  private final TenantId tenant;
  private final @Nullable AtomicReference<String> session;

  TransportDatabase(
      D1Transport transport, TenantId tenant, @Nullable AtomicReference<String> session) {
    this.transport = transport;
    this.tenant = tenant;
    this.session = session;
  }

  @Override
  public D1PreparedStatement prepare(String sql) {
    return new TransportStatement(this, new Statement(sql, List.of()));
  }

  @Override
  public List<D1Result> batch(List<D1PreparedStatement> statements) {
    List<Statement> sent = new ArrayList<>(statements.size());
    for (D1PreparedStatement statement : statements) {
      if (!(statement instanceof TransportStatement own)) {
        throw new IllegalArgumentException("batch takes statements that prepare() of a pool made");
      }
      sent.add(own.statement());
    }
    return send(sent, "D1_ERROR: ").stream().map(TransportStatement::result).toList();
  }

  @Override
  public D1ExecResult exec(String sql) {
    List<Statement> lines =
        sql.strip()
            .lines()
            .filter(l -> !l.isBlank())
            .map(l -> new Statement(l, List.of()))
            .toList();
    double duration = 0;
    for (D1Transport.StatementResult result : send(lines, "D1_EXEC_ERROR: ")) {
      duration += result.meta().duration();
    }
    return new D1ExecResult(lines.size(), duration);
  }

  @Override
  public D1DatabaseSession withSession(String constraintOrBookmark) {
    return new TransportDatabase(transport, tenant, new AtomicReference<>(constraintOrBookmark));
  }

  @Override
  public @Nullable String getBookmark() {
    String seen = session == null ? null : session.get();
    return seen == null || seen.equals(FIRST_PRIMARY) || seen.equals(FIRST_UNCONSTRAINED)
        ? null
        : seen;
  }

  List<D1Transport.StatementResult> send(List<Statement> statements, String errorPrefix) {
    try {
      Answer answer = transport.send(tenant, statements, session == null ? null : session.get());
      advance(answer.bookmark());
      return answer.results();
    } catch (D1Exception e) {
      throw new D1Exception(e.code(), errorPrefix + e.getMessage(), e);
    }
  }

  // Answers of concurrent statements may come in any order; bookmarks sort by time, constraints do
  // not count as bookmarks.
  private void advance(@Nullable String bookmark) {
    if (session == null || bookmark == null) {
      return;
    }
    session.accumulateAndGet(
        bookmark, (old, seen) -> old.startsWith("first-") || seen.compareTo(old) > 0 ? seen : old);
  }

  static D1Exception typeError(Object value) {
    return new D1Exception(
        ErrorCode.INVALID_REQUEST,
        "D1_TYPE_ERROR: Type '%s' not supported for value '%s'"
            .formatted(value.getClass().getName(), value));
  }
}
