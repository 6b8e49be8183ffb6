package dev.burgage.node.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.binding.BindingTable;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedJournalTest {
  private static final PoolName POOL = new PoolName("p");

  @TempDir Path folder;

  private static FeedMessage changed(String tenant, long version) {
    return new FeedMessage.Changed(
        new Binding(
            POOL,
            new TenantId(tenant),
            new DatabaseId(new UUID(1, tenant.hashCode())),
            Engine.SQLITE,
            new NodeName("n"),
            1,
            version,
            BindingState.ACTIVE,
            Limits.DEFAULT));
  }

  private static FeedMessage position(long at) {
    return new FeedMessage.Position(new Revision(at, 0));
  }

  private static void take(FeedJournal journal, BindingTable table, FeedMessage... messages)
      throws IOException {
    for (FeedMessage message : messages) {
      table.apply(message);
      journal.append(message, table);
    }
  }

  private BindingTable replayed() throws IOException {
    BindingTable table = new BindingTable();
    try (FeedJournal journal = new FeedJournal(folder)) {
      journal.replay(table);
    }
    return table;
  }

  @Test
  void whatWasTakenInIsThereAfterARestart() throws IOException {
    BindingTable table = new BindingTable();
    try (FeedJournal journal = new FeedJournal(folder)) {
      journal.replay(table);
      take(journal, table, new FeedMessage.SnapshotStart(), changed("a", 1), position(1));
      take(journal, table, changed("b", 1), changed("a", 2), position(2));
      take(journal, table, new FeedMessage.Removed(POOL, new TenantId("b"), 2), position(3));
    }
    BindingTable again = replayed();
    assertThat(again.revision()).isEqualTo(new Revision(3, 0));
    assertThat(again.find(POOL, new TenantId("b"))).isNull();
    assertThat(again.find(POOL, new TenantId("a")))
        .satisfies(binding -> assertThat(binding.version()).isEqualTo(2));
  }

  @Test
  void aGroupWithoutItsPositionDoesNotCount() throws IOException {
    BindingTable table = new BindingTable();
    FeedJournal journal = new FeedJournal(folder);
    journal.replay(table);
    take(journal, table, new FeedMessage.SnapshotStart(), changed("a", 1), position(1));
    take(journal, table, changed("b", 1));
    journal.close();
    assertThat(replayed().revision()).isEqualTo(new Revision(1, 0));
    assertThat(replayed().find(POOL, new TenantId("b"))).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whereverTheFileIsCutItGivesAnEarlierWholeState(long seed) throws IOException {
    BindingTable table = new BindingTable();
    FeedJournal journal = new FeedJournal(folder);
    journal.replay(table);
    take(journal, table, new FeedMessage.SnapshotStart(), position(1));
    for (int i = 2; i < 30; i++) {
      take(journal, table, changed("t" + i, 1), changed("u" + i, 1), position(i));
    }
    journal.close();
    Path file = folder.resolve("bindings.ndjson");
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      int cut = random.nextInt(whole.length);
      Files.write(file, Arrays.copyOf(whole, cut));
      BindingTable again = replayed();
      assertThat(again.size()).isEqualTo(2 * Math.max(0, again.revision().transaction() - 1));
    }
  }

  @Test
  void aSnapshotForgetsWhatItLacks() throws IOException {
    BindingTable table = new BindingTable();
    try (FeedJournal journal = new FeedJournal(folder)) {
      journal.replay(table);
      take(journal, table, new FeedMessage.SnapshotStart(), changed("a", 1), position(1));
      take(journal, table, new FeedMessage.SnapshotStart(), changed("b", 1), position(9));
    }
    assertThat(table.find(POOL, new TenantId("a"))).isNull();
    assertThat(replayed().find(POOL, new TenantId("a"))).isNull();
    assertThat(replayed().size()).isEqualTo(1);
  }

  @Test
  void aSnapshotReplacesNewerVersionsToo() {
    BindingTable table = new BindingTable();
    table.apply(changed("a", 5));
    table.apply(new FeedMessage.SnapshotStart());
    table.apply(changed("a", 2));
    table.apply(position(1));
    assertThat(table.find(POOL, new TenantId("a")))
        .satisfies(binding -> assertThat(binding.version()).isEqualTo(2));
  }

  @Test
  void anOlderBindingDoesNotReplaceANewerOne() {
    BindingTable table = new BindingTable();
    table.apply(changed("a", 5));
    table.apply(changed("a", 4));
    assertThat(table.find(POOL, new TenantId("a")))
        .satisfies(binding -> assertThat(binding.version()).isEqualTo(5));
  }
}
