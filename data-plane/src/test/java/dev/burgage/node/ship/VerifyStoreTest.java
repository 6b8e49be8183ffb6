package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.store.FolderStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyStoreTest {
  @TempDir private Path folder = Path.of("");
  private String said = "";

  private int verify(Layout layout) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (FolderStore store = new FolderStore(folder.resolve("objects"))) {
      int status =
          VerifyStore.run(
              store,
              layout,
              StoreCheck.Others.NONE,
              new PrintStream(out, true, StandardCharsets.UTF_8));
      said = out.toString(StandardCharsets.UTF_8);
      return status;
    }
  }

  @Test
  void oneByteThatChangedInAnyObjectIsNamed() throws Exception {
    try (Cell cell = new Cell(folder)) {
      cell.tenant(1);
      cell.tenant(2);
      cell.commits(new Random(5), 30);
      cell.ship();
      cell.compact();
      assertThat(verify(Cell.LAYOUT)).isEqualTo(VerifyStore.SOUND);
      assertThat(said).startsWith("sound: ");
      for (String key : cell.keys(Cell.LAYOUT.root() + "/")) {
        Path object = cell.objects.resolve(key);
        byte[] bytes = Files.readAllBytes(object);
        if (bytes.length == 0) {
          continue;
        }
        byte[] flipped = bytes.clone();
        flipped[new Random(key.hashCode()).nextInt(bytes.length)] ^= 16;
        Files.write(object, flipped);
        assertThat(verify(Cell.LAYOUT)).as(key).isEqualTo(VerifyStore.DAMAGED);
        String named = key.contains("/templates/") ? key.substring(0, key.lastIndexOf('/')) : key;
        assertThat(said).contains("DAMAGED").contains(named).contains("damaged: ");
        Files.write(object, bytes);
      }
      assertThat(verify(Cell.LAYOUT)).isEqualTo(VerifyStore.SOUND);
    }
  }

  @Test
  void aStoreWithoutTheCellIsNotCalledSound() throws Exception {
    assertThat(verify(new Layout("other"))).isEqualTo(VerifyStore.DAMAGED);
    assertThat(said).contains("no object under other/");
  }
}
