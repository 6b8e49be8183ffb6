package dev.burgage.control.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir private Path parent = Path.of("");

  @Test
  void aFolderBelongsToOneAtATime() {
    Path path = parent.resolve("data");
    try (DataFolder _ = DataFolder.open(path)) {
      assertThatThrownBy(() -> DataFolder.open(path))
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("BURGAGE_DATA");
    }
    DataFolder.open(path).close();
  }

  @Test
  void secretsAreReadableByTheirOwnerOnly() throws IOException {
    try (DataFolder folder = DataFolder.open(parent)) {
      assertThat(folder.findSecret("token")).isEmpty();

      folder.writeSecret("token", "one");
      folder.writeSecret("token", "two");

      assertThat(folder.findSecret("token")).contains("two");
      assertThat(Files.getPosixFilePermissions(folder.resolve("token")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));

    assertThatThrownBy(() -> DataFolder.open(file.resolve("data")))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining(file.toString());
  }
}
