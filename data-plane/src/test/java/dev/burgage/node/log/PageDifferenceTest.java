package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.log.DatabaseLog.State;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A closed database becomes what another file is, by one commit.
class PageDifferenceTest {
  private static final int CHANGES_AT = 24;
  private static final int SCHEMA_AT = 40;

  @TempDir private Path folder = Path.of("");
  private final DatabaseId id = new DatabaseId(new UUID(1, 2));

  private Path file(String name, int pageSize, long seed) throws SQLException {
    Path file = LiveDatabase.make(folder.resolve(name), pageSize, "incremental");
    Random random = new Random(seed);
    try (LiveDatabase live = LiveDatabase.open(file)) {
      for (int i = 0; i < 12; i++) {
        live.randomTransaction(random);
      }
      live.checkpoint();
    }
    return file;
  }

  private DatabaseLog settled(CommitLog log, Path file) throws IOException {
    DatabaseLog own = DatabaseLog.open(log, id, 1, file);
    own.begin().durable().join();
    own.settle().durable().join();
    return own;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void databaseBecomesWhatTheOtherFileIsAndItsCountersGoOn(long seed) throws Exception {
    int pageSize = seed % 2 == 0 ? 4096 : 1024;
    Path file = file("own.db", pageSize, seed);
    Path target = file("target.db", pageSize, seed + 100);
    byte[] before = Files.readAllBytes(file);
    byte[] wanted = Files.readAllBytes(target);
    Bookmark bookmark;
    try (CommitLog log = TestLogs.open(folder.resolve("log"), new TestDisk());
        DatabaseLog own = settled(log, file)) {
      Bookmark first = own.bookmark();
      own.become(PageDifference.between(file, target)).durable().join();
      bookmark = own.bookmark();
      assertThat(bookmark.transaction()).isEqualTo(first.transaction() + 1);
      assertThat(Files.readAllBytes(file)).as("until it is rolled forward").isEqualTo(before);
      own.rollForward().durable().join();
      assertThat(own.bookmark()).isEqualTo(bookmark);
    }

    byte[] after = Files.readAllBytes(file);
    assertThat(number(after, CHANGES_AT)).isEqualTo(number(before, CHANGES_AT) + 1);
    assertThat(number(after, SCHEMA_AT)).isEqualTo(number(before, SCHEMA_AT) + 1);
    assertThat(Arrays.copyOfRange(after, 100, after.length))
        .isEqualTo(Arrays.copyOfRange(wanted, 100, wanted.length));
    assertThat(LiveDatabase.contentOf(file)).isEqualTo(LiveDatabase.contentOf(target));
  }

  private static int number(byte[] file, int at) {
    return ByteBuffer.wrap(file).getInt(at);
  }

  @Test
  void processThatDiesBeforeTheFileIsMadeLeavesADatabaseThatIsBehind() throws Exception {
    Path file = file("own.db", 1024, 7);
    Path target = file("target.db", 1024, 8);
    Bookmark bookmark;
    try (CommitLog log = TestLogs.open(folder.resolve("log"), new TestDisk());
        DatabaseLog own = settled(log, file)) {
      own.become(PageDifference.between(file, target)).durable().join();
      bookmark = own.bookmark();
    }

    try (CommitLog log = TestLogs.open(folder.resolve("log"), new TestDisk());
        DatabaseLog own = DatabaseLog.open(log, id, 1, file)) {
      assertThat(own.state()).isEqualTo(State.BEHIND);
      own.rollForward().durable().join();
      assertThat(own.bookmark()).isEqualTo(bookmark);
    }
    assertThat(LiveDatabase.contentOf(file)).isEqualTo(LiveDatabase.contentOf(target));
  }

  @Test
  void processThatDiesBeforeTheCommitIsDurableChangesNothing() throws Exception {
    Path file = file("own.db", 1024, 9);
    Path target = file("target.db", 1024, 10);
    String content = LiveDatabase.contentOf(file);
    TestDisk disk = new TestDisk();
    Bookmark before;
    try (CommitLog log = TestLogs.open(folder.resolve("log"), disk);
        DatabaseLog own = settled(log, file)) {
      before = own.bookmark();
      disk.refuseForce(true);
      assertThatThrownBy(() -> own.become(PageDifference.between(file, target)).durable().join())
          .hasCauseInstanceOf(LogFailedException.class);
    }
    assertThat(LiveDatabase.contentOf(file)).isEqualTo(content);
    assertThat(before.transaction()).isEqualTo(1);
  }

  @Test
  void sameFileIsOnePage() throws Exception {
    Path file = file("own.db", 4096, 11);

    assertThat(PageDifference.between(file, file).numbers()).containsExactly(1);
  }

  @Test
  void pagesOfAnotherSizeAreRefused() throws Exception {
    Path file = file("own.db", 4096, 12);
    Path target = file("target.db", 1024, 12);

    assertThatThrownBy(() -> PageDifference.between(file, target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1024");
  }
}
