package dev.burgage.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Where a run works.
///
/// @param root the source tree
/// @param folder the run's own folder for data and logs, on the disk that is measured
/// @param npm where `benchmarks/run` installed the npm peers
/// @param jvmFlags flags of the JVM peers that have no flags of their own
public record Workplace(Path root, Path folder, Path npm, List<String> jvmFlags) {
  /// What the peers' JVMs get when no node runs whose flags they could share.
  public static final List<String> DEFAULT_JVM_FLAGS =
      List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED");

  public Workplace {
    jvmFlags = List.copyOf(jvmFlags);
  }

  public Workplace withJvmFlags(List<String> flags) {
    return new Workplace(root, folder, npm, flags);
  }

  /// A new empty folder for a peer.
  public Path makeFolder(String name) throws IOException {
    return Files.createTempDirectory(Files.createDirectories(folder), name + "-");
  }

  /// Deletes what the peers have left: gigabytes.
  public void clear() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /// The command that starts a class of this module in a JVM of its own.
  List<String> java(Class<?> main, String... arguments) {
    return java(System.getProperty("java.class.path"), main.getName(), arguments);
  }

  List<String> java(String classPath, String main, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Stream.of(
            Stream.of(java),
            jvmFlags.stream(),
            Stream.of("-cp", classPath, main),
            Stream.of(arguments))
        .flatMap(part -> part)
        .toList();
  }
}
