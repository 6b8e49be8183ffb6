package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledLogTest {
  private static final int DATABASES = 6;
  private static final int ROUNDS = 3;

  @TempDir Path folder;

  @Test
  void allThatAKilledProcessHasAcknowledgedIsThere() throws Exception {
    long[] acknowledged = new long[DATABASES];
    Random random = new Random(5);
    for (int round = 0; round < ROUNDS; round++) {
      long before = sum(acknowledged);
      killWhileItAppends(acknowledged, 100 + random.nextInt(1_000));
      assertThat(sum(acknowledged)).isGreaterThan(before);
      try (CommitLog log =
          CommitLog.open(folder, CommitLogTest.NODE, CommitLogTest.SMALL, Clock.systemUTC())) {
        for (int i = 0; i < DATABASES; i++) {
          var found = CommitLogTest.transactions(log, new Chained(i).database());
          assertThat(found).isSorted().hasSizeGreaterThanOrEqualTo((int) acknowledged[i]);
          assertThat(found.size()).isLessThanOrEqualTo((int) acknowledged[i] + 1);
          acknowledged[i] = found.size();
        }
      }
    }
    assertThat(LogCheck.of(folder).findings()).isEmpty();
  }

  private static long sum(long[] numbers) {
    long sum = 0;
    for (long number : numbers) {
      sum += number;
    }
    return sum;
  }

  private void killWhileItAppends(long[] acknowledged, int lines)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AppendingMain.class.getName(),
                folder.toString(),
                Integer.toString(DATABASES))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader printed = process.inputReader()) {
      int read = 0;
      for (String line = printed.readLine(); line != null; line = printed.readLine()) {
        int space = line.indexOf(' ');
        acknowledged[Integer.parseInt(line, 0, space, 10)] =
            Long.parseLong(line, space + 1, line.length(), 10);
        read++;
        if (read == lines) {
          // SIGKILL; the process itself would close the pipe, which is read on here.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
