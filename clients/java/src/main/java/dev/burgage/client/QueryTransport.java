package dev.burgage.client;

import dev.burgage.d1.D1Exception;
import dev.burgage.d1.D1Transport;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.ErrorCode;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Statements over HTTP, in the wire format of D1's binding, with integers kept exact. Thread-safe.
final class QueryTransport implements D1Transport {
  /// D1's words; its users match them.
  private static final String LOST = "Network connection lost.";

  private final Connection connection;
  private final String tenants;

  QueryTransport(Connection connection, URI url, PoolName pool) {
    this.connection = connection;
    this.tenants = Paths.under(url, "/v1/pools/" + pool + "/tenants/");
  }

  @Override
  public Answer send(TenantId tenant, List<Statement> statements, @Nullable String session) {
    URI uri = URI.create(tenants + tenant + "/query?resultsFormat=ROWS_AND_COLUMNS");
    BodyPublisher body = BodyPublishers.ofByteArray(StatementWriter.json(statements));
    // Not repeatable: a statement whose answer was lost may have been carried out.
    Call call = new Call("POST", uri, body, headers(session), /* repeatable= */ false);
    return switch (connection.send(call)) {
      case Outcome.Answered answer -> answer(answer, statements.size());
      case Outcome.NotSent(Exception cause) ->
          throw new D1Exception(ErrorCode.NODE_UNAVAILABLE, LOST, cause);
      case Outcome.Lost(Exception cause) ->
          throw new D1Exception(ErrorCode.OUTCOME_UNKNOWN, LOST, cause);
    };
  }

  private Map<String, String> headers(@Nullable String session) {
    Map<String, String> headers = new HashMap<>();
    headers.put(Headers.INTEGERS, "exact");
    Revision seen = connection.revision();
    if (!seen.equals(Revision.NONE)) {
      headers.put(Headers.REVISION, seen.toString());
    }
    if (session != null) {
      headers.put(Headers.SESSION, session);
    }
    return headers;
  }

  private static Answer answer(Outcome.Answered answer, int statements) {
    if (!answer.isGood()) {
      throw failed(Failure.of(answer));
    }
    List<StatementResult> results = results(answer);
    if (results.size() != statements) {
      throw new D1Exception(
          ErrorCode.INTERNAL,
          "The answer has %d results for %d statements".formatted(results.size(), statements));
    }
    return new Answer(results, answer.header(Headers.SESSION).orElse(null));
  }

  private static List<StatementResult> results(Outcome.Answered answer) {
    try {
      return ResultReader.read(answer.body());
    } catch (ResultReader.NotResultsException _) {
      // D1 itself answers failures with status 200 too.
      throw failed(Failure.of(answer));
    } catch (JacksonException e) {
      Failure failure = Failure.notJson(answer);
      throw new D1Exception(failure.code(), failure.text(), e);
    }
  }

  private static D1Exception failed(Failure failure) {
    return new D1Exception(failure.code(), failure.text());
  }
}
