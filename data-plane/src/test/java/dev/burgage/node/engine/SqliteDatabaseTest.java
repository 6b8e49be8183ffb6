package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.d1.D1Transport.StatementResult;
import dev.burgage.node.engine.Work.Step;
import dev.burgage.node.log.TestDisk;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.sql.Access;
import dev.burgage.node.sql.Script;
import dev.burgage.node.sql.Scripts;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest {
  private static final String ENDLESS =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) ";

  @TempDir Path folder;
  private final Scripts scripts = new Scripts(100_000);
  private final RequestMemory memory = new RequestMemory(10_000_000, 100_000);
  private TestEngine engine;
  private final Queue<DatabaseIdentity> overran = new ConcurrentLinkedQueue<>();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private Path file;
  private SqliteDatabase database;

  @BeforeEach
  void open() throws SQLException, IOException {
    engine =
        new TestEngine(
            folder,
            new StatementSlots(2, 4),
            new Overrun(Duration.ofMillis(200), overran::add),
            new TestDisk());
    file = folder.resolve("t.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER UNIQUE)");
      statement.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY)");
      statement.execute(
          "CREATE TABLE child(p INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
    }
    DatabaseIdentity identity = new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1);
    database = new SqliteDatabase(file, identity, Limits.DEFAULT, engine.settings());
  }

  @AfterEach
  void close() {
    clients.close();
    database.close();
    engine.close();
  }

  @Test
  void aStatementThatGoesOnAfterItsInterruptionIsTheProcesssEnd() {
    // Straight-line code: between these comparisons SQLite does not look for an interrupt.
    String comparison = "x LIKE '%" + "0".repeat(48) + "1'";
    String stubborn =
        "WITH t(x) AS MATERIALIZED (SELECT hex(zeroblob(450000))) SELECT "
            + String.join(",", Collections.nCopies(40, comparison))
            + " FROM t";

    assertThatThrownBy(() -> run(50, ENDLESS + "SELECT count(*) FROM c"))
        .hasMessageContaining("exceeded timeout");
    assertThat(overran).isEmpty();

    assertThatThrownBy(() -> run(50, stubborn)).hasMessageContaining("exceeded timeout");
    assertThat(overran).isNotEmpty();
  }

  private List<StatementResult> run(long millis, String sql, @Nullable Object... parameters) {
    Script script = scripts.admit(sql);
    Work work =
        new Work(
            List.of(new Step(script, Arrays.asList(parameters))),
            script.access(),
            /* mayWrite= */ true,
            System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis),
            memory.share());
    return database.run(work, CollectedResults::new).sink().results();
  }

  private List<StatementResult> run(String sql, @Nullable Object... parameters) {
    return run(10_000, sql, parameters);
  }

  private long number(String sql) {
    Object value = run(sql).getFirst().rows().getFirst().getFirst();
    return value instanceof Long number ? number : -1;
  }

  /// Keeps the writer busy until the latch opens, so that what is submitted meanwhile is one group.
  private Future<?> hold(CountDownLatch release) throws InterruptedException {
    CountDownLatch holding = new CountDownLatch(1);
    Future<?> held =
        clients.submit(() ->
            database.exclusively(_ -> {
              holding.countDown();
              return await(release);
            }));
    holding.await();
    return held;
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private <T> List<Future<T>> asOneGroup(List<Callable<T>> writes) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Future<?> held = hold(release);
    List<Future<T>> submitted = new ArrayList<>();
    for (Callable<T> write : writes) {
      submitted.add(clients.submit(write));
      Thread.sleep(5); // in this order
    }
    release.countDown();
    held.get();
    return submitted;
  }

  private Callable<Boolean> succeeds(String sql, Object... parameters) {
    return () -> {
      try {
        run(sql, parameters);
        return true;
      } catch (StatementFailedException e) {
        return false;
      }
    };
  }

  private static List<Boolean> outcomes(List<Future<Boolean>> futures) throws Exception {
    List<Boolean> outcomes = new ArrayList<>();
    for (Future<Boolean> future : futures) {
      outcomes.add(future.get());
    }
    return outcomes;
  }

  @Test
  void whatRunsApartIsInTheEvidence() throws IOException {
    Path running = folder.resolve("running");
    assertThat(Files.readString(running, StandardCharsets.ISO_8859_1))
        .doesNotContain("(an export)");

    String during =
        database.apart(
            "(an export)",
            connection -> {
              try {
                return Files.readString(running, StandardCharsets.ISO_8859_1);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

    assertThat(during).contains("(an export)");
  }

  @Test
  void inAGroupOneFailureLeavesTheOthersAlone() throws Exception {
    List<Boolean> outcomes =
        outcomes(
            asOneGroup(
                List.of(
                    succeeds("INSERT INTO t(v) VALUES (1)"),
                    succeeds("INSERT INTO t(v) VALUES (1)"),
                    succeeds("INSERT INTO t(v) VALUES (2)"))));
    assertThat(outcomes).containsExactly(true, false, true);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
  }

  @Test
  void theFirstOfAGroupMayFailToo() throws Exception {
    run("INSERT INTO t(v) VALUES (1)");
    List<Boolean> outcomes =
        outcomes(
            asOneGroup(
                List.of(
                    succeeds("INSERT INTO t(v) VALUES (1)"),
                    succeeds("INSERT INTO t(v) VALUES (2)"))));
    assertThat(outcomes).containsExactly(false, true);
  }

  @Test
  void aConstraintThatFailsAtCommitHitsItsOwnWriteOnly() throws Exception {
    List<Boolean> outcomes =
        outcomes(
            asOneGroup(
                List.of(
                    succeeds("INSERT INTO t(v) VALUES (1)"),
                    succeeds("INSERT INTO child VALUES (99)"),
                    succeeds("INSERT INTO t(v) VALUES (2)"))));
    assertThat(outcomes).containsExactly(true, false, true);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
    assertThat(number("SELECT count(*) FROM child")).isZero();
  }

  @Test
  void anInterruptedWriteTakesNobodyWithIt() throws Exception {
    List<Boolean> outcomes =
        outcomes(
            asOneGroup(
                List.of(
                    succeeds("INSERT INTO t(v) VALUES (1)"),
                    () -> {
                      assertThatThrownBy(() ->
                              run(300, ENDLESS + "INSERT INTO t(v) SELECT x FROM c WHERE x < 0"))
                          .isInstanceOfSatisfying(
                              StatementFailedException.class,
                              e -> assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT));
                      return true;
                    },
                    succeeds("INSERT INTO t(v) VALUES (2)"))));
    assertThat(outcomes).containsExactly(true, true, true);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
  }

  @Test
  void readersSeeWholeCommitsOnly() throws Exception {
    run("INSERT INTO t(id, v) VALUES (1, 0), (2, 1)");
    Future<?> writing =
        clients.submit(() -> {
          for (int i = 1; i <= 200; i++) {
            Script one = scripts.admit("UPDATE t SET v = ? WHERE id = 1");
            Script two = scripts.admit("UPDATE t SET v = ? WHERE id = 2");
            database.run(
                new Work(
                    List.of(new Step(one, List.of(2L * i)), new Step(two, List.of(2L * i + 1))),
                    Access.WRITE,
                    /* mayWrite= */ true,
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(10),
                    memory.share()),
                CollectedResults::new);
          }
        });
    int torn = 0;
    while (!writing.isDone()) {
      torn += number("SELECT (max(v) - min(v)) > 1 FROM t") != 0 ? 1 : 0;
    }
    writing.get();
    assertThat(torn).isZero();
  }

  @Test
  void aSchemaChangeShowsInStatementsThatWerePreparedBefore() {
    run("INSERT INTO t(id, v) VALUES (1, 10)");
    assertThat(run("SELECT * FROM t").getFirst().columns()).containsExactly("id", "v");
    run("ALTER TABLE t ADD COLUMN extra TEXT DEFAULT 'x'");
    StatementResult after = run("SELECT * FROM t").getFirst();
    assertThat(after.columns()).containsExactly("id", "v", "extra");
    assertThat(after.rows().getFirst()).containsExactly(1L, 10L, "x");
  }

  @Test
  void pragmasLastForOneTransaction() {
    run("PRAGMA defer_foreign_keys=ON");
    assertThat(number("PRAGMA foreign_keys")).isEqualTo(1);
    run("PRAGMA foreign_keys=OFF");
    assertThatThrownBy(() -> run("INSERT INTO child VALUES (5)"))
        .hasMessage(
            "FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended:"
                + " SQLITE_CONSTRAINT_FOREIGNKEY)");
  }

  @Test
  void aPragmaThatCannotBeSetBackIsGoneWithItsTransaction() {
    run("CREATE TABLE checked(a CHECK (a > 0))");
    run("CREATE TABLE words(w)");
    run("CREATE INDEX by_letter ON words(w LIKE 'a%')");
    run("PRAGMA case_sensitive_like=ON");
    run("PRAGMA ignore_check_constraints=ON");

    run("CREATE INDEX by_other ON words(w LIKE 'b%')");
    run("INSERT INTO words VALUES ('Abc')");
    assertThatThrownBy(() -> run("INSERT INTO checked VALUES (-1)")).hasMessageContaining("CHECK");
    assertThat(number("SELECT count(*) FROM words WHERE w LIKE 'a%'")).isEqualTo(1);
  }

  @Test
  void theSizeLimitHoldsAfterAPragma() {
    database.setLimits(new Limits(64 * 1024, 1_000));
    run("PRAGMA recursive_triggers=ON");
    assertThatThrownBy(() -> run("INSERT INTO t(v) VALUES (zeroblob(200000))"))
        .hasMessageContaining("full");
  }

  @Test
  void aStatementThatFailedCanBeUsedAgain() {
    run("INSERT INTO t(v) VALUES (?)", 1L);
    assertThatThrownBy(() -> run("INSERT INTO t(v) VALUES (?)", 1L)).hasMessageContaining("UNIQUE");
    run("INSERT INTO t(v) VALUES (?)", 2L);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
  }

  @Test
  void metaTellsWhatAStatementDid() {
    var inserted = run("INSERT INTO t(v) VALUES (7), (8)").getFirst().meta();
    assertThat(inserted.changes()).isEqualTo(2);
    assertThat(inserted.lastRowId()).isEqualTo(2);
    assertThat(inserted.changedDb()).isTrue();
    assertThat(inserted.sizeAfter()).isPositive();
    var read = run("SELECT * FROM t").getFirst().meta();
    assertThat(read.changes()).isZero();
    assertThat(read.rowsRead()).isEqualTo(2);
    assertThat(read.lastRowId()).isEqualTo(2);
    assertThat(read.changedDb()).isFalse();
  }

  @Test
  void parametersBelongToTheLastStatement() {
    assertThatThrownBy(() -> run("SELECT ?; SELECT 1", 1L))
        .hasMessage(
            "When executing multiple SQL statements in a single call, only the last statement can"
                + " have parameters.");
    assertThat(run("INSERT INTO t(v) VALUES (1); SELECT v + ? FROM t", 1L).getFirst().rows())
        .containsExactly(List.of(2L));
  }

  @Test
  void aWriteWhoseAnswerWouldBeTooLargeIsNotMade() {
    assertThatThrownBy(
            () -> run("INSERT INTO t(v) VALUES (1) RETURNING hex(zeroblob(200000)) AS large"))
        .hasMessageStartingWith("The result is larger than 100000 bytes");
    assertThat(number("SELECT count(*) FROM t")).isZero();
    assertThatThrownBy(() -> run("SELECT zeroblob(50000)"))
        .hasMessageStartingWith("The result is larger than");
  }

  @Test
  void aMissingFileIsAnErrorAndNoNewDatabase() {
    Path missing = folder.resolve("missing.db");
    Script script = scripts.admit("SELECT 1");
    try (SqliteDatabase none =
        new SqliteDatabase(
            missing,
            new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1),
            Limits.DEFAULT,
            engine.settings())) {
      Work work =
          new Work(
              List.of(new Step(script, List.of())),
              Access.READ,
              /* mayWrite= */ true,
              System.nanoTime() + TimeUnit.SECONDS.toNanos(5),
              memory.share());
      assertThatThrownBy(() -> none.run(work, CollectedResults::new))
          .isInstanceOfSatisfying(
              StatementFailedException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
    }
    assertThat(missing).doesNotExist();
  }
}
