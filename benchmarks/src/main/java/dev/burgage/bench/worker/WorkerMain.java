package dev.burgage.bench.worker;

import dev.burgage.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Reads a command a line, does it, answers a line. Ends with its input, so that it cannot outlive
/// the harness.
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] args) throws Exception {
    System.out.println("{\"ready\":true}");
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var sqlite = new SqliteCalls();
    var pool = new FlywayPool();
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      Command command = Json.read(line.getBytes(StandardCharsets.UTF_8), Command.class);
      Map<String, Object> answer =
          switch (command.action()) {
            case "sqlite-open" -> sqlite.open(command);
            case "sqlite-run" -> sqlite.run(command);
            case "pool-create" -> pool.create(command);
            case "pool-migrate" -> pool.migrate(command);
            default -> throw new IOException("unknown command: " + line);
          };
      System.out.println(new String(Json.bytes(answer), StandardCharsets.UTF_8));
    }
  }
}
