package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// `burgage train`, and a server that starts with what it has made.
class TrainIT {
  private static final String JVM = "-Xmx512m -XX:TieredStopAtLevel=1";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  @Test
  void aTrainedServerUsesWhatWasLearnt() throws Exception {
    Path trained = folder.resolve("trained");
    train(trained);
    assertThat(names(trained))
        .containsExactly(
            "control-plane",
            "control-plane.aot",
            "control-plane.of",
            "node.aot",
            "node.of",
            "training.log");
    // A JVM that cannot use what it is given ends at once.
    String strict = JVM + " -XX:AOTMode=on";
    Map<String, String> settings =
        Map.of(
            "BURGAGE_TRAINED", trained.toString(),
            "BURGAGE_CONTROL_PLANE_JAVA_OPTS", strict,
            "BURGAGE_NODE_JAVA_OPTS", strict);
    try (Cell cell = new Cell("Trained", folder, settings)) {
      cell.startControlPlane();
      for (CellProcess process : List.of(cell.controlPlane(), cell.node1().process())) {
        assertThat(Files.readString(Path.of("/proc/%d/cmdline".formatted(process.handle().pid()))))
            .contains("-XX:AOTCache=" + trained);
      }
    }
  }

  private static void train(Path trained) throws InterruptedException {
    Map<String, String> settings =
        Map.of(
            "BURGAGE_TRAINED",
            trained.toString(),
            "BURGAGE_TRAINING_TENANTS",
            "20",
            "BURGAGE_METADATA_BINARIES",
            System.getProperty("burgage.postgresql", ""),
            "BURGAGE_CONTROL_PLANE_JAVA_OPTS",
            JVM,
            "BURGAGE_NODE_JAVA_OPTS",
            JVM);
    new Launcher("Train").run(settings, "train");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
