package dev.burgage.bench.worker;

import dev.burgage.protocol.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Reads a command a line, does it, answers a line. Ends with its input, so that a worker cannot
/// outlive the harness.
public final class CommandLoop {
  private CommandLoop() {}

  /// Does what a command says.
  @FunctionalInterface
  public interface Actions {
    Map<String, Object> run(Command command) throws Exception;
  }

  public static void run(Actions actions) throws Exception {
    System.out.println("{\"ready\":true}");
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      Command command = Json.read(line.getBytes(StandardCharsets.UTF_8), Command.class);
      System.out.println(new String(Json.bytes(actions.run(command)), StandardCharsets.UTF_8));
    }
  }
}
