package dev.burgage.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FolderStoreTest extends ObjectStoreTest {
  private FolderStore store;

  @BeforeEach
  void open() throws IOException {
    store = new FolderStore(folder.resolve("objects"));
  }

  @Override
  ObjectStore store() {
    return store;
  }

  @Test
  void nothingIsLeftOfWhatWasDeletedAndNothingHalfWritten() throws Exception {
    Path root = folder.resolve("empty");
    FolderStore own = new FolderStore(root);
    own.put("a/b/c", new byte[9]);
    own.putIfAbsent("a/b/d", new byte[9]);
    own.putIfAbsent("a/b/d", new byte[9]);
    own.delete(List.of("a/b/c", "a/b/d"));
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(files.toList()).containsExactlyInAnyOrder(root, root.resolve(".half"));
    }
  }

  @Test
  void aVolumeThatIsNotMountedIsNoEmptyStore() throws Exception {
    Path root = folder.resolve("volume");
    FolderStore own = new FolderStore(root);
    own.put("a", new byte[9]);
    Files.move(root, folder.resolve("elsewhere"));

    List<ThrowingCallable> calls =
        List.of(
            () -> own.list("", "", 1),
            () -> own.get("a"),
            () -> own.put("b", new byte[1]),
            () -> own.delete(List.of("a")));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNREACHABLE));
    }
  }
}
