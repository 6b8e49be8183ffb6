package dev.burgage.training;

import dev.burgage.client.Burgage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/// Lets a cell that was made for it work: `TrainingMain URL TOKEN-FILE TENANTS`. Ends with status 0
/// only if all of it went well.
public final class TrainingMain {
  private TrainingMain() {}

  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      throw new IllegalArgumentException("expected URL TOKEN-FILE TENANTS");
    }
    try {
      train(
          URI.create(arguments[0]), Path.of(arguments[1]), Integer.parseUnsignedInt(arguments[2]));
    } catch (IOException | RuntimeException | ExecutionException e) {
      System.err.println("burgage: the training went wrong: " + e);
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.exit(1);
    }
  }

  private static void train(URI url, Path tokenFile, int tenants)
      throws IOException, InterruptedException, ExecutionException {
    String token = Files.readString(tokenFile).strip();
    // Its node may need a moment more.
    try (Burgage burgage = Burgage.builder(url, token).retryFor(Duration.ofMinutes(1)).build()) {
      var course = new Course(burgage, tenants);
      step("%,d tenants".formatted(tenants), course::createTenants);
      step("a migration of all of them", () -> course.rollOut(2, 2));
      try (Burgage node = Burgage.builder(url, token).queryUrl(course.nodeUrl()).build()) {
        node.seen(burgage.revision());
        step("statements, asked at the node", () -> course.ask(node, tenants * 20));
      }
      step("statements, asked at the control plane", () -> course.ask(burgage, tenants));
      step("ten migrations of all of them", () -> course.rollOut(3, 12));
      step("their undoing", course::undo);
    }
  }

  private interface Step {
    void run() throws InterruptedException, ExecutionException;
  }

  private static void step(String what, Step step) throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    step.run();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.err.printf("burgage: %s: %.1f s%n", what, took.toMillis() / 1e3);
  }
}
