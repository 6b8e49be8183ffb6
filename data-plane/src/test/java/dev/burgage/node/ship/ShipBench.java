package dev.burgage.node.ship;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/// What shipping, merging and restoring cost: databases of which each is written to twice a minute.
/// Not a test: docs/object-store.md says how to run it.
public final class ShipBench {
  private ShipBench() {}

  /// @param arguments an empty folder, databases, minutes
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int databases = Integer.parseInt(arguments[1]);
    int minutes = Integer.parseInt(arguments[2]);
    Random random = new Random(1);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < databases; i++) {
        cell.tenant(i * 3 + 1);
      }
      Figures ship = new Figures("ship", cell);
      Figures merge = new Figures("merge", cell);
      long commits = 0;
      for (int minute = 0; minute < minutes; minute++) {
        for (int second = 0; second < 60; second++) {
          for (int i = 0; i < databases / 30; i++) {
            Tenant tenant = cell.tenants.get(random.nextInt(databases));
            tenant.execute(
                "insert into t0(a, b) values(1, '%s')"
                    .formatted(Long.toHexString(random.nextLong()).repeat(20)));
            tenant.recordOnly();
            commits++;
          }
          cell.clock.advance(Duration.ofSeconds(1));
          ship.run(cell::ship);
        }
        cell.clock.advance(Duration.ofSeconds(6));
        merge.run(cell::compact);
        cell.clock.advance(Duration.ofSeconds(54));
      }
      System.out.printf(
          "%d databases, %d minutes, %d commits, log %d bytes, shipped %d bytes in %d slices%n",
          databases,
          minutes,
          commits,
          cell.log.byteCount(),
          cell.shipper.byteCount(),
          cell.shipper.sliceCount());
      ship.print(commits);
      merge.print(commits);
      restores(cell, random);
    }
  }

  private static void restores(Cell cell, Random random) throws Exception {
    Figures restore = new Figures("restore", cell);
    Restore restores = new Restore(cell.store, Cell.LAYOUT, Restore.Proof.NONE);
    for (int i = 0; i < 20; i++) {
      Tenant tenant = cell.tenants.get(random.nextInt(cell.tenants.size()));
      Path target = cell.folder.resolve("restored-" + i);
      restore.run(() -> restores.toTime(tenant.id(), cell.clock.instant(), null, target));
    }
    restore.print(20);
  }

  private interface Step {
    void run() throws Exception;
  }

  private static final class Figures {
    private final String what;
    private final Cell cell;
    private long cpuNanos;
    private long wallNanos;
    private long calls;

    Figures(String what, Cell cell) {
      this.what = what;
      this.cell = cell;
    }

    void run(Step step) throws Exception {
      cell.store.heal();
      var threads = ManagementFactory.getThreadMXBean();
      long callsBefore = cell.store.calls();
      long cpu = threads.getCurrentThreadCpuTime();
      long wall = System.nanoTime();
      step.run();
      cpuNanos += threads.getCurrentThreadCpuTime() - cpu;
      wallNanos += System.nanoTime() - wall;
      calls += cell.store.calls() - callsBefore;
    }

    void print(long units) {
      System.out.printf(
          "%s: %d calls of the store, %.1f us of CPU and %.1f us each of %d%n",
          what, calls, cpuNanos / 1e3 / units, wallNanos / 1e3 / units, units);
    }
  }
}
