package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node inside an application that Spring Boot has packed into one jar.
class FatJarIT {
  private static final Path ROOT =
      Objects.requireNonNull(
          Path.of(Objects.requireNonNull(System.getProperty("burgage.launcher")))
              .toAbsolutePath()
              .normalize()
              .getParent());

  @TempDir private Path folder = Path.of("");

  @Test
  void aSqliteFileIsImportedByAProcessOfItsOwn() throws Exception {
    Path file = folder.resolve("upload.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE uploaded(id, name)");
      statement.executeUpdate("INSERT INTO uploaded VALUES (1, 'first')");
    }

    assertThat(run(fatJar(), file.toString(), folder.toString()))
        .contains("CREATE TABLE uploaded(id, name)", "VALUES(1,'first')");
  }

  private String run(Path jar, String... arguments) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                jar.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    String said = Files.readString(output);
    assertThat(status).as(said).isZero();
    return said;
  }

  // As the Boot plugin does it: the loader unpacked, libraries as they are and not compressed.
  private Path fatJar() throws IOException {
    Path jar = folder.resolve("application.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.setMethod(ZipOutputStream.STORED);
      String manifest =
          """
          Manifest-Version: 1.0
          Main-Class: org.springframework.boot.loader.launch.JarLauncher
          Start-Class: %s
          Spring-Boot-Classes: BOOT-INF/classes/
          Spring-Boot-Lib: BOOT-INF/lib/
          """
              .formatted(ReadsFile.class.getName());
      add(out, "META-INF/MANIFEST.MF", manifest.getBytes(StandardCharsets.UTF_8));
      addLoader(out);
      for (String place : List.of("BOOT-INF/classes/", "BOOT-INF/lib/")) {
        add(out, place, new byte[0]); // the loader looks for it
      }
      String own = ReadsFile.class.getName().replace('.', '/') + ".class";
      try (InputStream in = ReadsFile.class.getResourceAsStream("/" + own)) {
        add(out, "BOOT-INF/classes/" + own, Objects.requireNonNull(in).readAllBytes());
      }
      for (Path library : libraries()) {
        add(out, "BOOT-INF/lib/" + library.getFileName(), Files.readAllBytes(library));
      }
    }
    return jar;
  }

  private static void addLoader(ZipOutputStream out) throws IOException {
    Path controlPlane = jars(ROOT.resolve("control-plane/target"), "-exec.jar").getFirst();
    try (JarFile from = new JarFile(controlPlane.toFile())) {
      for (var entry : from.stream().toList()) {
        boolean isLoader =
            entry.getName().startsWith("org/springframework/boot/loader/")
                || entry.getName().startsWith("META-INF/services/");
        if (isLoader && !entry.isDirectory()) {
          try (InputStream in = from.getInputStream(entry)) {
            add(out, entry.getName(), in.readAllBytes());
          }
        }
      }
    }
  }

  private static List<Path> libraries() throws IOException {
    Path target = ROOT.resolve("data-plane/target");
    var all = new ArrayList<>(jars(target.resolve("lib"), ".jar"));
    all.add(
        jars(target, ".jar").stream()
            .filter(jar -> jar.toString().matches(".*-plane-[0-9.]+(-SNAPSHOT)?\\.jar"))
            .findFirst()
            .orElseThrow());
    return all;
  }

  private static List<Path> jars(Path in, String end) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.filter(file -> file.toString().endsWith(end)).toList();
    }
  }

  private static void add(ZipOutputStream out, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }
}
