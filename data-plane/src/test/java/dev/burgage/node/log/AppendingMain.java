package dev.burgage.node.log;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.locks.LockSupport;

/// A process that appends for as long as it lives, and prints what is acknowledged: `database
/// transaction`.
final class AppendingMain {
  private AppendingMain() {}

  /// @param arguments the log's folder, how many databases
  public static void main(String[] arguments) throws Exception {
    CommitLog log =
        CommitLog.open(
            Path.of(arguments[0]), CommitLogTest.NODE, CommitLogTest.SMALL, Clock.systemUTC());
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      int number = i;
      LogRecord last = log.findLast(new Chained(number).database());
      Thread.ofPlatform().start(() -> append(log, new Chained(number, last), number));
    }
    while (true) {
      LockSupport.park();
    }
  }

  private static void append(CommitLog log, Chained database, int number) {
    try {
      for (int i = 0; ; i++) {
        database.append(log, database.transaction() == 0 ? 0 : 1 + i % 40).durable().join();
        synchronized (AppendingMain.class) {
          System.out.println(number + " " + database.transaction());
          System.out.flush();
        }
      }
    } catch (LogFailedException e) {
      Runtime.getRuntime().halt(3);
    }
  }
}
