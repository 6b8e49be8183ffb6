package dev.burgage.node.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.engine.TestEngine;
import dev.burgage.node.undo.KeptCopies;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeepingTest {
  @TempDir private Path folder = Path.of("");
  private final UUID rollout = UUID.randomUUID();
  private final DatabaseIdentity identity =
      new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1);

  @SuppressWarnings("NullAway.Init")
  private KeptCopies copies;

  @SuppressWarnings("NullAway.Init")
  private TestEngine engine;

  @SuppressWarnings("NullAway.Init")
  private SqliteDatabase database;

  @BeforeEach
  void open() throws SQLException, IOException {
    Path file = folder.resolve("t.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
    }
    copies = new KeptCopies(folder, Clock.systemUTC());
    copies.open(rollout, Long.MAX_VALUE);
    engine = new TestEngine(folder, new StatementSlots(1, 1), copies);
    database = new SqliteDatabase(file, identity, Limits.DEFAULT, engine.settings());
  }

  @AfterEach
  void close() {
    database.close();
    engine.close();
  }

  private void write() {
    database.exclusively(_ -> true);
  }

  @Test
  void aWriteAfterAMigrationThatEndedInAnErrorOfOursIsNotOverlooked() {
    write();
    assertThatIllegalStateException()
        .isThrownBy(() ->
            database.exclusivelyLooking(connection -> {
              new Keeping(copies, rollout, database::keptNow, identity).before(connection, "1");
              throw new IllegalStateException("in the middle");
            }));
    assertThat(copies.state(rollout, identity)).isEqualTo(KeptCopies.State.CLEAN);

    write();

    assertThat(copies.state(rollout, identity)).isEqualTo(KeptCopies.State.WRITTEN);
  }

  @Test
  void aChangeThatWasNotMadeLeavesEarlierCopiesClean() {
    database.exclusivelyLooking(connection -> {
      new Keeping(copies, rollout, database::keptNow, identity).before(connection, "1");
      return true;
    });
    database.exclusivelyLooking(connection -> {
      Keeping keeping = new Keeping(copies, null, database::keptNow, identity);
      keeping.before(connection, "1");
      assertThat(copies.state(rollout, identity)).isEqualTo(KeptCopies.State.WRITTEN);
      keeping.after(false);
      return true;
    });

    assertThat(copies.state(rollout, identity)).isEqualTo(KeptCopies.State.CLEAN);
  }
}
