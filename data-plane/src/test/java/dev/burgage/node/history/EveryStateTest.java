package dev.burgage.node.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.TestDisk;
import dev.burgage.node.log.TestLogs;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.DatabaseDiff;
import dev.burgage.protocol.node.DatabaseDiff.TableDiff;
import dev.burgage.protocol.node.Restored;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database is written at random, with a dump of each of its states as the model: every bookmark
/// brings exactly its state back, on every way.
class EveryStateTest {
  private static final long SEED = Long.getLong("burgage.test.seed", 20261122L);
  private static final int STEPS = Integer.getInteger("burgage.test.steps", 30);

  @TempDir private Path folder = Path.of("");
  private final Random random = new Random(SEED);
  private final List<State> states = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private PastFixture fixture;

  private record State(Bookmark bookmark, String dump) {
    Moment moment() {
      return new Moment.AtBookmark(bookmark);
    }
  }

  @BeforeEach
  void open() throws IOException, SQLException {
    fixture = new PastFixture(folder);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private void step() throws InterruptedException {
    String table = "t" + random.nextInt(5);
    switch (random.nextInt(22)) {
      case 0 -> fixture.vacuum();
      case 1 -> fixture.execute("PRAGMA incremental_vacuum(5)");
      case 2 -> fixture.execute("DROP TABLE IF EXISTS t" + (1 + random.nextInt(4)));
      case 3 -> fixture.execute("CREATE INDEX IF NOT EXISTS i" + table + " ON t0(a)");
      case 4 ->
          fixture.execute(
              "CREATE TABLE IF NOT EXISTS w(k TEXT PRIMARY KEY, v, g AS (k || 'g')) WITHOUT ROWID");
      case 5 -> fixture.execute("CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5(words)");
      case 6 -> {
        try (var borrowed = fixture.databases.borrow(fixture.binding)) {
          borrowed.database().checkpoint();
        }
      }
      case 7 ->
          fixture.databases.closeNow(
              DatabaseHistory.identity(fixture.binding), Duration.ofSeconds(5));
      case 8 -> fixture.execute("DELETE FROM t0");
      default -> write(table);
    }
    Bookmark now = fixture.history().bookmark(fixture.binding, null);
    states.add(new State(now, fixture.dump()));
  }

  private void write(String table) {
    fixture.execute("CREATE TABLE IF NOT EXISTS " + table + "(id INTEGER PRIMARY KEY, a, b)");
    switch (random.nextInt(7)) {
      case 0 -> fixture.execute("UPDATE %s SET b = NULL WHERE id %% 3 = 0".formatted(table));
      case 1 -> fixture.execute("DELETE FROM %s WHERE id %% 4 = 1".formatted(table));
      case 2 ->
          fixture.execute(
              "INSERT INTO %s(a, b) VALUES(%s, randomblob(%d))"
                  .formatted(table, random.nextDouble(), 1 + random.nextInt(30_000)));
      default ->
          fixture.execute(
              "INSERT INTO %s(a, b) VALUES(%d, '%s')"
                  .formatted(
                      table,
                      random.nextLong(),
                      Long.toHexString(random.nextLong()).repeat(random.nextInt(200))));
    }
  }

  private void steps() throws InterruptedException {
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    assertThat(Set.copyOf(states)).hasSizeGreaterThan(STEPS / 2);
  }

  private void requireLooks() {
    for (State state : states) {
      try (Past past = fixture.history().past(fixture.binding, state.moment())) {
        assertThat(PastFixture.dump(past.database())).isEqualTo(state.dump());
      }
    }
  }

  @Test
  void everyBookmarkIsReadRestoredAndForkedAsItsState() throws Exception {
    steps();
    requireLooks();
    for (State state : List.copyOf(states)) {
      if (random.nextInt(3) == 0) {
        requireFork(state);
      }
      if (random.nextInt(3) == 0) {
        requireRestored(state);
      }
    }
    assertThat(fixture.pasts().bytes()).isLessThanOrEqualTo(2_000_000);
    requireLooks();
  }

  private void requireRestored(State state) throws InterruptedException {
    if (random.nextBoolean()) {
      fixture.databases.closeNow(DatabaseHistory.identity(fixture.binding), Duration.ofSeconds(5));
    }
    String before = fixture.dump();

    Restored restored = fixture.history().restore(fixture.binding, state.moment());

    assertThat(fixture.dump()).isEqualTo(state.dump());
    assertThat(fixture.check(fixture.binding)).isEqualTo("ok");
    states.add(new State(Bookmark.parse(restored.bookmark()), state.dump()));
    if (random.nextBoolean()) {
      fixture.history().restore(fixture.binding, Moment.parse(restored.previousBookmark()));
      assertThat(fixture.dump()).isEqualTo(before);
    } else {
      step();
    }
  }

  private void requireFork(State state) {
    DatabaseId id = new DatabaseId(UUID.randomUUID());
    Binding copy = PastFixture.binding(id, Limits.DEFAULT);
    fixture
        .history()
        .fork(
            new DatabaseIdentity(id, 1),
            new CreateDatabase.Source(
                fixture.binding.database(),
                state.bookmark().toString(),
                Limits.DEFAULT.sizeBytesMax()));
    assertThat(fixture.dump(copy)).isEqualTo(state.dump());
    // It has a past of its own, from its first moment on.
    Bookmark first = fixture.history().bookmark(copy, null);
    fixture.execute(copy, "CREATE TABLE only_here(a)");
    fixture.history().restore(copy, new Moment.AtBookmark(first));
    assertThat(fixture.dump(copy)).isEqualTo(state.dump());
  }

  @Test
  void everyBookmarkComesFromTheStoreAloneWhenTheLogIsTrimmed() throws Exception {
    steps();
    // Until the segments that have them are full.
    for (int i = 0; i < 10; i++) {
      fixture.execute("INSERT INTO t0(b) VALUES(randomblob(1000000))");
      fixture.execute("DELETE FROM t0 WHERE length(b) = 1000000");
    }
    fixture.awaitShipped();
    int before = fixture.segments();
    fixture.trim();
    assertThat(fixture.segments()).isLessThan(before);
    requireLooks();

    try (CommitLog empty = TestLogs.open(folder.resolve("empty"), new TestDisk())) {
      fixture.forgetLocal(empty);
      requireLooks();
      State one = states.get(random.nextInt(states.size()));
      fixture.history().restore(fixture.binding, one.moment());
      assertThat(fixture.dump()).isEqualTo(one.dump());
    }
  }

  @Test
  void differencesAreThoseOfTheStates() throws Exception {
    steps();
    for (int i = 0; i < 30; i++) {
      State from = states.get(random.nextInt(states.size()));
      State to = states.get(random.nextInt(states.size()));
      DatabaseDiff there = fixture.history().diff(fixture.binding, from.moment(), to.moment());
      DatabaseDiff back = fixture.history().diff(fixture.binding, to.moment(), from.moment());

      assertThat(there.tables().isEmpty() && there.schema().isEmpty())
          .as("%s", there)
          .isEqualTo(from.dump().equals(to.dump()));
      assertThat(back.tables()).hasSameSizeAs(there.tables());
      for (int t = 0; t < there.tables().size(); t++) {
        TableDiff one = there.tables().get(t);
        TableDiff other = back.tables().get(t);
        assertThat(List.of(one.added(), one.changed(), one.removed()))
            .isEqualTo(List.of(other.removed(), other.changed(), other.added()));
      }
    }
  }
}
