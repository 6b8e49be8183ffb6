package dev.burgage.node.dormant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.burgage.node.dormant.StampLog.State;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StampFilesTest {
  @TempDir private Path folder = Path.of("");

  private static DatabaseIdentity identity(long number) {
    return new DatabaseIdentity(new DatabaseId(new UUID(number, number * 31)), 1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aTableHoldsWhatAMapWould(long seed) {
    Random random = new Random(seed);
    StampTable table = new StampTable();
    Map<Integer, Long> map = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      int key = random.nextInt(3_000);
      if (random.nextInt(3) == 0) {
        table.remove(identity(key));
        map.remove(key);
      } else {
        long value = 1L + random.nextInt(1_000_000);
        table.put(identity(key), value);
        map.put(key, value);
      }
    }
    table.keep(value -> value % 7 != 0);
    map.values().removeIf(value -> value % 7 == 0);
    assertThat(table.size()).isEqualTo(map.size());
    for (int key = 0; key < 3_000; key++) {
      assertThat(table.get(identity(key))).isEqualTo(map.getOrDefault(key, StampTable.NONE));
    }
  }

  @Test
  void aLogIsReadUpToWhatACrashHasTorn() throws IOException {
    StampLog log = new StampLog(folder.resolve("stamps"));
    log.append(List.of(identity(1), identity(2)), State.PENDING);
    log.append(List.of(identity(1)), State.FORGOTTEN);
    Files.write(log.file(), new byte[17], StandardOpenOption.APPEND);
    List<String> words = new ArrayList<>();
    log.replay((identity, state) ->
        words.add(identity.database().value().getMostSignificantBits() + " " + state));
    assertThat(words).containsExactly("1 PENDING", "2 PENDING", "1 FORGOTTEN");
    log.append(List.of(identity(3)), State.PENDING);
    words.clear();
    log.replay((_, state) -> words.add(state.name()));
    assertThat(words).hasSize(4);
  }

  @Test
  void whatDidNotFitOnTheDiskHidesNothingThatComesLater() throws Exception {
    assumeTrue(runs("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder.toString()));
    try {
      StampLog log = new StampLog(folder.resolve("stamps"));
      log.append(List.of(identity(1)), State.PENDING);
      List<DatabaseIdentity> many = LongStream.range(2, 1_000).mapToObj(n -> identity(n)).toList();
      assertThatThrownBy(() -> log.append(many, State.PENDING)).isInstanceOf(IOException.class);
      log.append(List.of(identity(1)), State.FORGOTTEN);
      List<State> words = new ArrayList<>();
      log.replay((_, state) -> words.add(state));
      assertThat(words).containsExactly(State.PENDING, State.FORGOTTEN);
    } finally {
      assertThat(runs("umount", folder.toString())).isTrue();
    }
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  @Test
  void aTableTakesOverAnother() {
    StampTable one = new StampTable();
    StampTable other = new StampTable();
    for (int key = 0; key < 5_000; key++) {
      (key < 3_000 ? one : other).put(identity(key), 1 + key);
      other.put(identity(key / 2 * 2L), 7);
    }
    one.putAll(other);
    assertThat(one.size()).isEqualTo(5_000);
    for (int key = 0; key < 5_000; key++) {
      assertThat(one.get(identity(key))).isEqualTo(key % 2 == 0 ? 7 : 1 + key);
    }
  }

  @Test
  void aQueueTellsEachOutcomeUntilItWasTold() throws IOException {
    OutcomeQueue queue = new OutcomeQueue(folder);
    for (int i = 0; i < 1_000; i++) {
      queue.add(outcome(i));
    }
    Files.writeString(folder.resolve("outcomes"), "{\"half", StandardOpenOption.APPEND);
    queue = new OutcomeQueue(folder);
    List<Long> told = new ArrayList<>();
    while (!queue.isEmpty()) {
      OutcomeQueue.Batch batch = queue.next();
      assertThat(batch.outcomes()).isNotEmpty();
      batch.outcomes().forEach(one -> told.add(one.durationMillis()));
      queue.told(batch.end());
      queue = new OutcomeQueue(folder);
    }
    assertThat(told).hasSize(1_000).doesNotHaveDuplicates();
  }

  private static ApplyOutcome outcome(int number) {
    return new ApplyOutcome(
        identity(number).database(), Result.APPLIED, "1", "2", "f".repeat(64), null, number);
  }
}
