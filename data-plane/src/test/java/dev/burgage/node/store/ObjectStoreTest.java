package dev.burgage.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.store.StoreException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every store must do; there is a subclass for each.
abstract class ObjectStoreTest {
  @TempDir static Path folder;

  abstract ObjectStore store();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anObjectIsReadAsItWasWrittenWholeAndInRanges() throws Exception {
    ObjectStore store = store();
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    store.put("read/a~b-c.d", content);
    assertThat(store.get("read/a~b-c.d")).isEqualTo(content);
    assertThat(store.get("read/a~b-c.d", 1000, 3))
        .containsExactly(content[1000], content[1001], content[1002]);
    assertThat(store.get("read/a~b-c.d", 299_999, 10)).containsExactly(content[299_999]);
    assertThat(store.get("read/a~b-c.d", 300_000, 10)).isEmpty();
    store.put("read/empty", new byte[0]);
    assertThat(store.get("read/empty")).isEmpty();
  }

  @Test
  void aLaterObjectTakesThePlaceOfAnEarlierOneUnlessItMustNot() throws Exception {
    ObjectStore store = store();
    assertThat(store.putIfAbsent("place/one", bytes("1"))).isTrue();
    assertThat(store.putIfAbsent("place/one", bytes("2"))).isFalse();
    assertThat(store.get("place/one")).isEqualTo(bytes("1"));
    store.put("place/one", bytes("3"));
    assertThat(store.get("place/one")).isEqualTo(bytes("3"));
  }

  @Test
  void ofManyWhoWriteAKeyThatMustBeAbsentOneDoes() throws Exception {
    ObjectStore store = store();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 5; round++) {
        String key = "race/" + round;
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          byte[] own = bytes("writer " + i);
          writers.add(() -> store.putIfAbsent(key, own));
        }
        int winners = 0;
        for (Future<Boolean> result : threads.invokeAll(writers)) {
          winners += result.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
    }
  }

  @Test
  void whatIsNotThereIsSaidToBeNotThere() {
    assertThatThrownBy(() -> store().get("nothing/here"))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
        .hasMessageContaining("nothing/here");
    assertThatThrownBy(() -> store().get("nothing/here", 1, 5))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.isNotFound()).isTrue());
  }

  @Test
  void aListIsInTheOrderOfKeysAPageAtATime() throws Exception {
    ObjectStore store = store();
    TreeMap<String, Long> expected = new TreeMap<>();
    List<String> keys =
        List.of("list/a-b", "list/a/b", "list/a/c/d", "list/a.b", "list/a0", "list/b/1", "list/c");
    for (String key : keys) {
      store.put(key, bytes(key));
      expected.put(key, (long) key.length());
    }
    store.put("lisu", bytes("another"));
    for (int limit = 1; limit <= 8; limit++) {
      List<Listed> all = new ArrayList<>();
      String after = "";
      while (true) {
        List<Listed> page = store.list("list/", after, limit);
        all.addAll(page);
        if (page.size() < limit) {
          break;
        }
        after = page.getLast().key();
      }
      assertThat(all.stream().map(Listed::key).toList())
          .as("pages of %d", limit)
          .isEqualTo(List.copyOf(expected.keySet()));
      assertThat(all).allMatch(one -> one.sizeBytes() == one.key().length());
    }
    assertThat(store.list("list/a/", "list/a/b", 9)).containsExactly(new Listed("list/a/c/d", 10));
    assertThat(store.list("list/a", "list/a/", 9).getFirst().key()).isEqualTo("list/a/b");
    assertThat(store.list("absent/", "", 9)).isEmpty();
  }

  @Test
  void manyAreDeletedAtOnceAndWhatIsNotThereIsNoFailure() throws Exception {
    ObjectStore store = store();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      keys.add("delete/d%02d/object".formatted(i));
      store.put(keys.getLast(), bytes("x"));
    }
    keys.add("delete/never/there");
    store.put("delete/kept", bytes("x"));
    store.delete(keys);
    assertThat(store.list("delete/", "", 100)).containsExactly(new Listed("delete/kept", 1));
    store.delete(List.of());
  }

  @Test
  void aKeyThatCouldLeaveTheFolderIsRefused() {
    for (String key : List.of("../x", "a/../b", "/a", "a//b", "", "a b", ".half/x", "a/")) {
      assertThatIllegalArgumentException().isThrownBy(() -> store().put(key, new byte[1]));
    }
  }
}
