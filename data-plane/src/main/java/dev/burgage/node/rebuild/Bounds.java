package dev.burgage.node.rebuild;

import java.time.Duration;

/// What the process that reads a file may take.
///
/// @param silent how long the node waits for more of its output
/// @param silentAtFirst the same until the first of it, when the whole file is checked
/// @param memoryBytes of the process, as the operating system sees it
record Bounds(Duration silent, Duration silentAtFirst, long memoryBytes) {
  static final Bounds DEFAULT =
      new Bounds(Duration.ofSeconds(30), Duration.ofMinutes(10), 512L * 1024 * 1024);
}
