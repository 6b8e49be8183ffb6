package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WalFileTest {
  @TempDir Path folder;
  private Path file;
  private LiveDatabase live;
  private WalFile wal;

  @BeforeEach
  void open() throws Exception {
    file = LiveDatabase.make(folder.resolve("a.db"), 4096, "none");
    live = LiveDatabase.open(file);
    wal = new WalFile(file, new FrameBuffers());
  }

  @AfterEach
  void close() throws Exception {
    wal.close();
    live.close();
  }

  private void insert(int bytes) throws Exception {
    live.execute("insert into t0(a, b) values(1, randomblob(" + bytes + "))");
  }

  private Path walPath() {
    return Path.of(file + "-wal");
  }

  @Test
  void eachCommitIsReadOnce() throws Exception {
    insert(10);
    insert(9_000);
    WalFile.News both = wal.read(WalPosition.NONE);
    assertThat(both.commits()).hasSize(2);
    assertThat(both.restarted()).isTrue();
    WalPosition end = both.commits().getLast().end();
    assertThat(wal.read(end).commits()).isEmpty();
    insert(10);
    WalFile.News third = wal.read(end);
    assertThat(third.commits()).hasSize(1);
    assertThat(third.restarted()).isFalse();
    assertThat(wal.holds(third.commits().getFirst().end())).isTrue();
  }

  @Test
  void aPageOfACommitIsTheLastImageOfIt() throws Exception {
    live.execute("begin");
    for (int i = 0; i < 200; i++) {
      insert(500); // spills: pages go to the file before they are complete
    }
    live.execute("commit");
    WalFile.News news = wal.read(WalPosition.NONE);
    assertThat(news.commits()).hasSize(1);
    WalCommit commit = news.commits().getFirst();
    assertThat(commit.pages()).doesNotHaveDuplicates().isSorted();
    Path copy = folder.resolve("copy.db");
    Files.write(copy, live.bytes(folder.resolve("raw.db")));
    try (RandomAccessFile target = new RandomAccessFile(copy.toFile(), "rw")) {
      for (int i = 0; i < commit.pages().length; i++) {
        byte[] page = new byte[4096];
        wal.readPage(commit.frames()[i], ByteBuffer.wrap(page));
        target.seek((commit.pages()[i] - 1L) * 4096);
        target.write(page);
      }
    }
    assertThat(LiveDatabase.contentOf(copy)).isEqualTo(live.content());
  }

  @Test
  void whatIsNotCommittedIsNotTaken() throws Exception {
    insert(10);
    WalPosition end = wal.read(WalPosition.NONE).commits().getLast().end();
    live.execute("begin");
    for (int i = 0; i < 100; i++) {
      insert(2_000);
    }
    assertThat(Files.size(walPath())).isGreaterThan(100_000);
    assertThat(wal.read(end).commits()).isEmpty();
    live.execute("rollback");
    insert(10);
    assertThat(wal.read(end).commits()).hasSize(1);
  }

  @Test
  void aFrameThatWasNotWrittenWholeEndsWhatIsTaken() throws Exception {
    insert(10);
    WalPosition first = wal.read(WalPosition.NONE).commits().getLast().end();
    insert(10);
    insert(10);
    List<WalCommit> commits = wal.read(WalPosition.NONE).commits();
    Path copy = folder.resolve("torn.db");
    for (long at = 0; at < 24 + 4096; at += 97) {
      long frame = 32 + first.frames() * (24L + 4096);
      Files.copy(walPath(), Path.of(copy + "-wal"));
      CommitLogTest.flip(Path.of(copy + "-wal"), frame + at);
      try (WalFile torn = new WalFile(copy, new FrameBuffers())) {
        assertThat(torn.read(WalPosition.NONE).commits()).as("byte %d", at).hasSize(1);
        assertThat(torn.holds(first)).isTrue();
        assertThat(torn.holds(commits.getLast().end())).isFalse();
      }
      Files.delete(Path.of(copy + "-wal"));
    }
  }

  @Test
  void aFileThatIsShorterThanItsHeaderHasNothing() throws Exception {
    Path copy = folder.resolve("short.db");
    for (int length : new int[] {0, 1, 31}) {
      Files.write(Path.of(copy + "-wal"), new byte[length]);
      try (WalFile torn = new WalFile(copy, new FrameBuffers())) {
        assertThat(torn.read(WalPosition.NONE).commits()).isEmpty();
      }
    }
  }

  @Test
  void aFileThatSqliteBeginsAnewIsReadFromItsStart() throws Exception {
    insert(10);
    insert(10);
    WalPosition end = wal.read(WalPosition.NONE).commits().getLast().end();
    live.execute("pragma wal_checkpoint(restart)");
    assertThat(wal.read(end).commits()).isEmpty();
    insert(10);
    WalFile.News news = wal.read(end);
    assertThat(news.restarted()).isTrue();
    assertThat(news.commits()).hasSize(1);
    assertThat(wal.holds(end)).isFalse();
  }

  @Test
  void aFileThatSqliteRemovedAndMadeAgainIsOpenedAgain() throws Exception {
    insert(10);
    WalPosition end = wal.read(WalPosition.NONE).commits().getLast().end();
    live.close();
    assertThat(walPath()).doesNotExist();
    assertThat(wal.read(end).commits()).isEmpty();
    live = LiveDatabase.open(file);
    insert(10);
    assertThat(wal.read(end).commits()).hasSize(1);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void sqlitesLocksAreAsTheyWere() throws Exception {
    insert(10);
    long before = locks();
    assertThat(before).isPositive();
    wal.read(WalPosition.NONE);
    wal.close();
    assertThat(locks()).isEqualTo(before);
  }

  // Of this process on the database and on what it shares with others.
  private long locks() throws IOException {
    List<String> inodes =
        List.of(
            ":" + Files.getAttribute(file, "unix:ino") + " ",
            ":" + Files.getAttribute(Path.of(file + "-shm"), "unix:ino") + " ");
    String pid = " " + ProcessHandle.current().pid() + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .filter(line -> line.contains(pid) && inodes.stream().anyMatch(line::contains))
        .count();
  }
}
