package dev.burgage.node.log;

import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/// Logs for tests of other packages.
public final class TestLogs {
  private static final int MIB = 1024 * 1024;

  private TestLogs() {}

  /// With small segments.
  public static CommitLog open(Path folder, TestDisk disk) throws IOException {
    LogSettings small = new LogSettings(4 * MIB, 4 * MIB, MIB, 0, Packing.PLAIN);
    return CommitLog.open(folder, new NodeName("n1"), small, Clock.systemUTC(), disk);
  }
}
