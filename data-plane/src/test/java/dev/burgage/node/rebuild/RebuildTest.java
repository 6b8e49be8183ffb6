package dev.burgage.node.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.error.BurgageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildTest {
  private static final long BYTES_MAX = 1 << 20;
  private static final Bounds ROOMY =
      new Bounds(Duration.ofMinutes(5), Duration.ofMinutes(5), 1L << 40);

  @TempDir private Path data = Path.of("");

  private String read(Class<?> program, Bounds bounds) throws IOException {
    Path upload = Files.writeString(data.resolve("upload"), "hello");
    Rebuilds rebuilds = new Rebuilds(data, "enforced", bounds, program.getName());
    try (Rebuild rebuild = rebuilds.start(upload, BYTES_MAX)) {
      return new String(rebuild.readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      try (Stream<Path> left = Files.list(data.resolve("rebuild"))) {
        assertThat(left).isEmpty();
      }
      assertThat(upload).hasContent("hello");
    }
  }

  private void fails(Class<?> program, Bounds bounds, String reason) {
    assertThatThrownBy(() -> read(program, bounds))
        .isInstanceOf(BurgageException.class)
        .hasMessageStartingWith("The SQLite file cannot be imported: ")
        .hasMessageContaining(reason);
  }

  static final class Echo {
    public static void main(String[] arguments) throws IOException {
      System.out.println(Files.readString(Path.of("upload.db")));
      System.out.println(new TreeSet<>(System.getenv().keySet()));
      System.out.println(Path.of("..").toRealPath().getFileName());
    }
  }

  @Test
  void theReaderHasAFolderOfItsOwnAndNothingOfTheNodesEnvironment() throws IOException {
    assertThat(read(Echo.class, ROOMY))
        .isEqualTo("hello\n[LC_ALL, SQLITE_TMPDIR, TMPDIR]\nrebuild\n");
  }

  static final class Endless {
    public static void main(String[] arguments) {
      while (true) {
        System.out.println("SELECT 1;".repeat(1_000));
      }
    }
  }

  @Test
  void anEndlessReaderIsKilled() {
    fails(Endless.class, ROOMY, "more than 1 MB of SQL");
  }

  static final class Silent {
    public static void main(String[] arguments) throws InterruptedException {
      if (arguments.length > 0) {
        Thread.sleep(Duration.ofHours(1));
      }
    }
  }

  @Test
  void aReaderThatSaysNothingIsKilled() {
    fails(
        Silent.class,
        new Bounds(Duration.ofMinutes(5), Duration.ofSeconds(1), 1L << 40),
        "said nothing");
  }

  static final class SilentLater {
    public static void main(String[] arguments) throws InterruptedException {
      System.out.println("SELECT 1;");
      System.out.flush();
      Thread.sleep(Duration.ofHours(1));
    }
  }

  @Test
  void aReaderThatStopsInTheMiddleIsKilled() {
    fails(
        SilentLater.class,
        new Bounds(Duration.ofSeconds(1), Duration.ofMinutes(5), 1L << 40),
        "said nothing");
  }

  static final class Crashing {
    public static void main(String[] arguments) {
      System.out.println("CREATE TABLE half(a);");
      System.out.flush();
      Runtime.getRuntime().halt(134);
    }
  }

  @Test
  void halfAnOutputIsNone() {
    fails(Crashing.class, ROOMY, "ended with status 134");
  }

  static final class Refusing {
    public static void main(String[] arguments) {
      System.err.println("a warning\nthe reason");
      Runtime.getRuntime().halt(ReaderMain.REFUSED);
    }
  }

  @Test
  void theReadersReasonIsPassedOn() {
    fails(Refusing.class, ROOMY, "imported: the reason");
  }

  static final class Greedy {
    public static void main(String[] arguments) throws InterruptedException {
      List<byte[]> all = new ArrayList<>();
      System.out.println("SELECT 1;");
      for (int i = 0; i < 60; i++) {
        byte[] some = new byte[1 << 20];
        Arrays.fill(some, (byte) 1);
        all.add(some);
      }
      Thread.sleep(Duration.ofHours(1).toMillis() + all.size());
    }
  }

  @Test
  void aReaderThatTakesTooMuchMemoryIsKilled() {
    fails(
        Greedy.class,
        new Bounds(Duration.ofMinutes(5), Duration.ofMinutes(5), 60L << 20),
        "MB of memory");
  }
}
