package dev.burgage.node.query;

import dev.burgage.d1.D1Exception;
import dev.burgage.d1.D1Transport;
import dev.burgage.d1.DbPool;
import dev.burgage.node.binding.Bindings;
import dev.burgage.node.engine.CollectedResults;
import dev.burgage.node.engine.ResultSink;
import dev.burgage.node.engine.SqliteDatabase.Answer;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.engine.Work;
import dev.burgage.node.engine.Work.Step;
import dev.burgage.node.history.DatabaseHistory;
import dev.burgage.node.history.Past;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.sql.Access;
import dev.burgage.node.sql.Script;
import dev.burgage.node.sql.Scripts;
import dev.burgage.node.sql.SqlRefusedException;
import dev.burgage.node.statistics.Cost;
import dev.burgage.node.statistics.QueryStatistics;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs a tenant's statements on its database. Thread-safe; callers block.
public final class Queries {
  private static final String PAST_IS_READ_ONLY =
      "a statement writes or sets something, and what was cannot be changed; leave `at` out, or"
          + " fork the tenant at that moment: SQLITE_READONLY";

  private final NodeName self;
  private final OpenDatabases databases;
  private final RequestMemory memory;
  private final Scripts scripts;
  private final QueryStatistics statistics;
  private final DatabaseHistory history;

  public Queries(
      NodeName self,
      OpenDatabases databases,
      RequestMemory memory,
      Scripts scripts,
      QueryStatistics statistics,
      DatabaseHistory history) {
    this.history = history;
    this.statistics = statistics;
    this.self = self;
    this.databases = databases;
    this.memory = memory;
    this.scripts = scripts;
  }

  /// A request in D1's wire format.
  ///
  /// @param exactIntegers binds JSON integers as INTEGER; else every number is REAL, as in D1
  /// @param everyResult whether each statement of a text gives a result, or only the last
  /// @param mayWrite whether whoever sent it may do more than read
  public record WireCall(
      byte[] body,
      ResultsFormat format,
      boolean exactIntegers,
      boolean everyResult,
      boolean mayWrite) {}

  /// An answer in D1's wire format, and the bookmark of the state that it shows.
  public record WireAnswer(byte[] body, Bookmark bookmark) {}

  /// Runs a request as it came over the wire.
  ///
  /// @param binding of a database that this node owns
  /// @param memory to be closed by the caller when the answer is sent
  /// @throws BurgageException with D1's text if it failed; it has had no effect then
  public WireAnswer run(Binding binding, WireCall call, RequestMemory.Share memory) {
    List<D1Transport.Statement> statements = WireRequest.read(call.body(), call.exactIntegers());
    var admitted = new Admitted(call.everyResult(), call.mayWrite());
    Work work = work(binding, statements, admitted, memory);
    Answer<WireResults> answer = run(binding, work, () -> new WireResults(call.format()));
    count(binding, work, answer.sink().costs());
    return new WireAnswer(answer.sink().finish(), answer.bookmark());
  }

  /// Runs a request on the database as of a moment, where nothing can be written.
  ///
  /// @throws BurgageException as the other, and if there is no such moment
  public WireAnswer run(Binding binding, Moment at, WireCall call, RequestMemory.Share memory) {
    requireOwn(binding);
    List<D1Transport.Statement> statements = WireRequest.read(call.body(), call.exactIntegers());
    try (Past past = history.past(binding, at)) {
      Work work =
          work(
              binding, statements, new Admitted(call.everyResult(), /* mayWrite= */ false), memory);
      Answer<WireResults> answer = past.database().run(work, () -> new WireResults(call.format()));
      count(binding, work, answer.sink().costs());
      return new WireAnswer(answer.sink().finish(), past.bookmark());
    } catch (StatementFailedException e) {
      String text = e.code() == ErrorCode.READ_ONLY ? PAST_IS_READ_ONLY : message(e);
      throw new BurgageException(e.code(), text, e);
    }
  }

  private void count(Binding binding, Work work, List<Cost> costs) {
    for (int i = 0; i < costs.size(); i++) {
      Script script = work.steps().get(i).script();
      statistics.record(
          binding, script.statements().getLast(), script.access() != Access.READ, costs.get(i));
    }
  }

  private <S extends ResultSink> Answer<S> run(Binding binding, Work work, Supplier<S> sinks) {
    requireOwn(binding);
    try (OpenDatabases.Borrowed borrowed = databases.borrow(binding)) {
      return borrowed.database().run(work, sinks);
    } catch (StatementFailedException e) {
      throw new BurgageException(e.code(), message(e), e);
    }
  }

  private void requireOwn(Binding binding) {
    if (!binding.node().equals(self)) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          "Tenant %s is served by node %s.".formatted(binding.tenant(), binding.node()));
    }
  }

  private record Admitted(boolean everyResult, boolean mayWrite) {}

  private Work work(
      Binding binding,
      List<D1Transport.Statement> statements,
      Admitted as,
      RequestMemory.Share memory) {
    try {
      Access access = Access.READ;
      List<Step> steps = new ArrayList<>(statements.size());
      for (D1Transport.Statement statement : statements) {
        if (isBlank(statement.sql())) {
          continue;
        }
        Script script = scripts.admit(statement.sql());
        access = access.and(script.access());
        if (as.everyResult()) {
          addEach(script, statement.parameters(), steps);
        } else {
          steps.add(new Step(script, statement.parameters()));
        }
      }
      if (steps.isEmpty()) {
        throw new SqlRefusedException("No SQL statements detected.");
      }
      long millis = binding.limits().statementMillisMax();
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      return new Work(steps, access, as.mayWrite(), deadline, memory);
    } catch (SqlRefusedException e) {
      throw new BurgageException(ErrorCode.SQL_ERROR, message(e), e);
    }
  }

  // A step gives one result, so each statement becomes a step of its own.
  private static void addEach(Script script, List<@Nullable Object> parameters, List<Step> steps) {
    int last = script.statements().size() - 1;
    for (int i = 0; i <= last; i++) {
      Script one =
          new Script(
              List.of(script.statements().get(i)),
              script.access(),
              script.changesSchema(),
              script.setsPragma());
      steps.add(new Step(one, i == last ? parameters : List.of()));
    }
  }

  // D1 drops these from a batch, so that exec() may be given a text with blank lines and comments.
  private static boolean isBlank(String sql) {
    int i = 0;
    while (i < sql.length()) {
      if (sql.startsWith("--", i)) {
        int end = sql.indexOf('\n', i);
        i = end < 0 ? sql.length() : end;
      } else if (!Character.isWhitespace(sql.charAt(i))) {
        return false;
      }
      i++;
    }
    return true;
  }

  private static String message(RuntimeException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  /// `env.DB_POOL` in this process, for the tenants whose databases this node owns.
  public DbPool embedded(PoolName pool, Bindings bindings) {
    return DbPool.over((tenant, statements, session) -> {
      try (RequestMemory.Share share = memory.share()) {
        Binding binding = bindings.active(pool, tenant, /* seen= */ null);
        var all = new Admitted(/* everyResult= */ false, /* mayWrite= */ true);
        Work work = work(binding, statements, all, share);
        Answer<CollectedResults> answer = run(binding, work, CollectedResults::new);
        count(
            binding,
            work,
            answer.sink().results().stream()
                .map(result -> new Cost(result.meta(), result.rows().size()))
                .toList());
        String bookmark = session == null ? null : answer.bookmark().toString();
        return new D1Transport.Answer(answer.sink().results(), bookmark);
      } catch (BurgageException e) {
        throw new D1Exception(e.code(), e.detail(), e);
      }
    });
  }
}
