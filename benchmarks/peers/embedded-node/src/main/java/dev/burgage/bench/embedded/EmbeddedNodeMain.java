package dev.burgage.bench.embedded;

import dev.burgage.bench.worker.CommandLoop;
import dev.burgage.bench.worker.CommitCalls;
import java.io.IOException;

/// The worker with a node inside. Its environment is a node's.
public final class EmbeddedNodeMain {
  private EmbeddedNodeMain() {}

  /// @param args the pool
  public static void main(String[] args) throws Exception {
    var pool = new EmbeddedPool(args[0]);
    var commits = new CommitCalls(pool::open);
    pool.start();
    CommandLoop.run(command ->
        switch (command.action()) {
          case "commits-open" -> commits.open(command);
          case "commits-run" -> commits.run(command);
          case "commits-check" -> commits.check();
          default -> throw new IOException("unknown command: " + command);
        });
    pool.stop();
  }
}
