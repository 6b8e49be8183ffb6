package dev.burgage.example.chinook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.client.Burgage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoryTest {
  @TempDir private Path folder;
  private FakeCell cell;
  private Burgage burgage;

  @BeforeEach
  void start() throws IOException {
    cell = new FakeCell(folder);
    burgage = Burgage.connect(cell.url(), "t");
  }

  @AfterEach
  void stop() throws SQLException {
    burgage.close();
    cell.close();
  }

  private String tell() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Terminal terminal = new Terminal(out, System::nanoTime, /* colour= */ false);
    Stage stage =
        new Stage(burgage, () -> Burgage.connect(cell.url(), "t"), terminal, System::nanoTime);
    try {
      new Story(stage).tell();
    } catch (StepFailedException e) {
      throw new StepFailedException(bytes.toString(StandardCharsets.UTF_8), e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void query(String tenant, String sql) {
    burgage.pool("chinook").get(tenant).prepare(sql).run();
  }

  @Test
  void everyStepIsRightOnAFreshCell() {
    assertThat(tell())
        .contains("tenant acme: 201 after ", "15,607 rows loaded and counted")
        .containsPattern("Iron Maiden +30 +140 +138.60")
        .contains("newcomer-1: first good answer ")
        .contains("rollout to V2: 3 applied, 1 failed; initech still answers")
        .containsPattern("initech said: .*already exists")
        .contains("rollout to V2: 1 applied, the others have had it before")
        .contains("all 4 tenants are at V2")
        .doesNotContain("✗");
  }

  @Test
  void secondRunOnTheSameDataIsRightToo() {
    tell();
    assertThat(tell())
        .contains("pool chinook was there already, with 2 migrations")
        .contains("tenant acme: was there already, 15,607 rows counted")
        .contains("newcomer-2: first good answer ")
        .contains("rollout to V2: 0 applied, all tenants have had it before")
        .contains("all 5 tenants are at V2");
  }

  @Test
  void lostRowIsSeen() {
    tell();
    query("globex", "DELETE FROM PlaylistTrack WHERE PlaylistId = 18");
    assertThatThrownBy(this::tell).hasMessageContaining("✗ tenant globex: globex has rows");
  }

  @Test
  void changedRowIsSeen() {
    tell();
    query("acme", "UPDATE InvoiceLine SET UnitPrice = 0 WHERE InvoiceLineId < 1000");
    assertThatThrownBy(this::tell)
        .hasMessageContaining("✗ acme: artists by revenue: the first row is ");
  }

  @Test
  void tenantThatIsUnknownAfterItsCreationIsSeen() {
    cell.unknownAfterCreation.set(300);
    assertThatThrownBy(this::tell).hasMessageContaining("was called unknown");
  }

  @Test
  void rolloutThatStopsAtAFailureIsSeen() {
    cell.haltsAtFailure = true;
    assertThatThrownBy(this::tell)
        .hasMessageContaining("✗ first rollout: 3 tenants were to be migrated");
  }

  @Test
  void tableThatIsNotTheMigrationsIsSeen() {
    tell();
    query("initech", "DROP TABLE LoyaltyCard");
    query("initech", "CREATE TABLE LoyaltyCard (note TEXT)");
    assertThatThrownBy(this::tell).hasMessageContaining("✗ all tenants at V2");
  }

  @Test
  void runAfterOneThatWasKilledBetweenTheRolloutsGoesOn() {
    cell.haltsAtFailure = true;
    assertThatThrownBy(this::tell).isInstanceOf(StepFailedException.class);
    cell.haltsAtFailure = false;
    assertThat(tell())
        .contains("rollout to V2: 1 applied, 1 failed")
        .contains("all 5 tenants are at V2");
  }
}
