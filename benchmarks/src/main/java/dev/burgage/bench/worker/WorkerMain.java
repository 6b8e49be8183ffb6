package dev.burgage.bench.worker;

import java.io.IOException;

/// The worker of the peers without a server.
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] args) throws Exception {
    var sqlite = new SqliteCalls();
    var pool = new FlywayPool();
    var commits = new CommitCalls(FullFiles::open);
    CommandLoop.run(command ->
        switch (command.action()) {
          case "sqlite-open" -> sqlite.open(command);
          case "sqlite-run" -> sqlite.run(command);
          case "pool-create" -> pool.create(command);
          case "pool-migrate" -> pool.migrate(command);
          case "commits-open" -> commits.open(command);
          case "commits-run" -> commits.run(command);
          case "commits-check" -> commits.check();
          default -> throw new IOException("unknown command: " + command);
        });
  }
}
