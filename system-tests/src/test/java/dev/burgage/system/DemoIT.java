package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  @Test
  void theStoryIsTrue() throws Exception {
    Launcher launcher = new Launcher("Demo");
    Process demo =
        launcher.start(Map.of(), "demo", "--once", "--port", "0", "--data", folder.toString());
    try {
      assertThat(demo.waitFor(180, TimeUnit.SECONDS))
          .as("the demo ends; " + launcher.logs())
          .isTrue();
      assertThat(demo.exitValue()).as("its exit status; " + launcher.logs()).isZero();
    } finally {
      demo.descendants().forEach(ProcessHandle::destroy);
      demo.destroy();
    }
    assertThat(new CellNode("node-1", folder.resolve("node-1")).find()).isEmpty();
  }
}
