package dev.burgage.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitCallsTest {
  @TempDir Path folder;

  private CommitCalls opened() throws Exception {
    var calls = new CommitCalls(FullFiles::open);
    calls.open(new Command("commits-open", folder.toString(), "", 0, 3, 0, 0));
    return calls;
  }

  @Test
  void whatWasAcknowledgedIsThereAfterAReopen() throws Exception {
    CommitCalls calls = opened();
    for (String threads : new String[] {"platform", "virtual"}) {
      assertThat(calls.run(new Command("commits-run", "", threads, 4, 40, 60_000, 0)))
          .containsEntry("requests", 40L);
    }
    assertThat(calls.check()).containsEntry("rows", 80L);
    assertThat(calls.check()).containsEntry("rows", 80L);
  }

  @Test
  void aRowThatIsMissingIsFound() throws Exception {
    CommitCalls calls = opened();
    calls.run(new Command("commits-run", "", "platform", 1, 30, 60_000, 0));
    String url = "jdbc:sqlite:" + folder.resolve("tenant-0001.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM entry WHERE id = 1");
    }
    assertThatThrownBy(calls::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("database 1 has");
  }
}
