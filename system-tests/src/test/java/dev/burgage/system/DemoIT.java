package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  @Test
  void theStoryIsTrue() throws Exception {
    new Launcher("Demo")
        .run(Map.of(), "demo", "--once", "--port", "0", "--data", folder.toString());
    assertThat(new CellNode("node-1", folder.resolve("node-1")).find()).isEmpty();
  }
}
