package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.d1.D1Database;
import dev.burgage.d1.D1Exception;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/// Clients that insert numbers, each number once, through several doors into several tenants, and
/// remember what they were told. Every [#REFUSED_EACH]th request is a batch of which the second
/// statement must fail, so that there are refused inserts too.
final class InsertLoad implements AutoCloseable {
  static final Map<String, String> MIGRATION =
      Map.of(
          "V1__entry.sql",
          "create table entry (number integer not null check (number > 0), door text not null);");

  private static final int REFUSED_EACH = 10;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final String pool;
  private final Duration pause;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, Told> told = new ConcurrentHashMap<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Throwable> surprises = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);

  /// What the clients of one tenant were told about each number.
  private record Told(Set<Long> acknowledged, Set<Long> refused, Set<Long> unknown) {
    Told() {
      this(
          ConcurrentHashMap.newKeySet(),
          ConcurrentHashMap.newKeySet(),
          ConcurrentHashMap.newKeySet());
    }
  }

  /// One client, which has one request under way at a time.
  ///
  /// @param done inserts that it was told are there
  /// @param failed good inserts that it was not told are there
  record Client(
      String door,
      String tenant,
      D1Database database,
      AtomicLong done,
      AtomicLong failed,
      Thread thread) {}

  InsertLoad(String pool) {
    this(pool, PAUSE);
  }

  /// @param pause of each client between two inserts
  InsertLoad(String pool, Duration pause) {
    this.pool = pool;
    this.pause = pause;
  }

  void startClient(String door, Burgage connection, String tenant) {
    D1Database database = connection.pool(pool).get(tenant);
    AtomicLong done = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    Told ofTenant = told.computeIfAbsent(tenant, _ -> new Told());
    Thread thread =
        Thread.ofVirtual()
            .unstarted(() -> insertUntilStopped(door, database, ofTenant, done, failed));
    clients.add(new Client(door, tenant, database, done, failed, thread));
    thread.start();
  }

  private void insertUntilStopped(
      String door, D1Database database, Told ofTenant, AtomicLong done, AtomicLong failed) {
    try {
      for (int i = 1; stop.getCount() > 0; i++) {
        long number = numbers.incrementAndGet();
        if (i % REFUSED_EACH == 0) {
          insertRefused(door, database, ofTenant, number);
        } else if (insert(door, database, ofTenant, number)) {
          done.incrementAndGet();
        } else {
          failed.incrementAndGet();
        }
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      surprise(e);
    }
  }

  private boolean insert(String door, D1Database database, Told ofTenant, long number) {
    try {
      database.prepare("insert into entry values (?, ?)").bind(number, door).run();
      ofTenant.acknowledged().add(number);
      return true;
    } catch (D1Exception e) {
      if (e.code().status() / 100 == 4 && !e.isRetryable()) {
        surprise(new AssertionError(number + " through " + door + " was refused: " + e.code(), e));
      }
      // An error that may be tried again says that nothing was done.
      (e.isRetryable() ? ofTenant.refused() : ofTenant.unknown()).add(number);
      return false;
    }
  }

  private void insertRefused(String door, D1Database database, Told ofTenant, long number) {
    var insert = database.prepare("insert into entry values (?, ?)");
    try {
      database.batch(List.of(insert.bind(number, door), insert.bind(-number, door)));
      surprise(new AssertionError(number + " through " + door + ": a bad batch was taken"));
    } catch (D1Exception e) {
      boolean isRefusal = e.code() == ErrorCode.SQL_ERROR || e.isRetryable();
      (isRefusal ? ofTenant.refused() : ofTenant.unknown()).add(number);
    }
  }

  private void surprise(Throwable surprise) {
    synchronized (surprises) {
      surprises.add(surprise);
    }
  }

  /// Returns when each of these clients has been told of so many more inserts.
  void awaitProgress(String when, int inserts, Predicate<Client> which) {
    List<Client> watched = clients.stream().filter(which).toList();
    assertThat(watched).as("clients to watch " + when).isNotEmpty();
    List<Long> goals = watched.stream().map(c -> c.done().get() + inserts).toList();
    for (int i = 0; i < watched.size(); i++) {
      Client client = watched.get(i);
      long goal = goals.get(i);
      Await.until(
          "%s: client of %s through %s goes on".formatted(when, client.tenant(), client.door()),
          () -> client.done().get() >= goal);
    }
  }

  /// Ends the requests under way.
  void stop() {
    stop.countDown();
    for (Client client : clients) {
      Await.until("a client ends", () -> client.thread().join(Duration.ofMillis(1)));
    }
  }

  List<Client> clients() {
    return clients;
  }

  int acknowledged() {
    return told.values().stream().mapToInt(t -> t.acknowledged().size()).sum();
  }

  /// Compares what the clients were told with what is there.
  ///
  /// @param stored all numbers of a tenant's table
  void verify(Function<String, List<Long>> stored) {
    assertThat(surprises).isEmpty();
    told.forEach((tenant, of) -> {
      List<Long> rows = stored.apply(tenant);
      Set<Long> there = new HashSet<>(rows);
      assertThat(rows).as("%s: each number once", tenant).doesNotHaveDuplicates();
      assertThat(missing(of.acknowledged(), there))
          .as("%s: acknowledged and lost", tenant)
          .isEmpty();
      Set<Long> wrong = new HashSet<>(of.refused());
      wrong.retainAll(there);
      assertThat(wrong).as("%s: refused and there", tenant).isEmpty();
      Set<Long> asked = new HashSet<>(of.acknowledged());
      asked.addAll(of.unknown());
      assertThat(missing(there, asked)).as("%s: there and never asked for", tenant).isEmpty();
    });
  }

  private static Set<Long> missing(Set<Long> from, Set<Long> there) {
    Set<Long> missing = new HashSet<>(from);
    missing.removeAll(there);
    return missing;
  }

  /// All numbers of a tenant, asked through a connection.
  static List<Long> stored(Burgage connection, String pool, String tenant) {
    return connection.pool(pool).get(tenant).prepare("select number from entry").raw().stream()
        .map(row -> (Long) row.getFirst())
        .toList();
  }

  @Override
  public void close() {
    stop();
  }
}
