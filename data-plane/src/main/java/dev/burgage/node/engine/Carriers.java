package dev.burgage.node.engine;

import java.lang.management.ManagementFactory;
import jdk.management.VirtualThreadSchedulerMXBean;

/// The threads that carry virtual ones. A statement inside SQLite pins its carrier for as long as
/// it runs, and as many carriers as cores is what quick requests run best on (twelve on two cores
/// cost twice the CPU a request). So each statement that turns out to be slow is made up for by one
/// carrier more, until it ends. Thread-safe.
final class Carriers {
  private final VirtualThreadSchedulerMXBean scheduler =
      ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
  private final int usual = scheduler.getParallelism();
  private int pinned;

  synchronized void onePinned() {
    pinned++;
    scheduler.setParallelism(usual + pinned);
  }

  synchronized void oneFree() {
    pinned--;
    scheduler.setParallelism(usual + pinned);
  }
}
