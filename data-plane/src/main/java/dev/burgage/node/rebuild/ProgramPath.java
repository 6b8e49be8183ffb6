package dev.burgage.node.rebuild;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How another JVM finds the programs of this one. Where this one has its classes from its class
/// path, the other gets the same. In an application that Spring Boot has packed into one jar they
/// lie in jars within that jar, where `java` does not look: then Boot's own launcher, which is in
/// each such jar, starts the program.
final class ProgramPath {
  // In every executable jar since Spring Boot 3.2; which main class it starts is a property.
  private static final String BOOT_LAUNCHER =
      "org.springframework.boot.loader.launch.PropertiesLauncher";

  private ProgramPath() {}

  /// Arguments for `java`, up to the program's own.
  ///
  /// @throws BurgageException `invalid_request` if another process cannot have the program
  static List<String> of(String program) {
    if (isOnClassPath(program)) {
      return List.of("-cp", classPath(), program);
    }
    if (isOnClassPath(BOOT_LAUNCHER)) {
      return List.of("-cp", classPath(), "-Dloader.main=" + program, BOOT_LAUNCHER);
    }
    throw new BurgageException(
        ErrorCode.INVALID_REQUEST,
        "The SQLite file cannot be imported: this node runs inside an application whose classes"
            + " another process cannot load; import SQL, or run the node as a process of its own.");
  }

  private static boolean isOnClassPath(String type) {
    return ClassLoader.getSystemResource(type.replace('.', '/') + ".class") != null;
  }

  // The process runs in another folder.
  private static String classPath() {
    String separator = System.getProperty("path.separator");
    return Stream.of(System.getProperty("java.class.path").split(separator, -1))
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(separator));
  }
}
