package dev.burgage.bench.measure;

import java.util.Collection;
import java.util.List;

/// A stretch of time with the CPU that a process tree used in it, and what everyone else used.
public final class CpuWindow {
  private final ProcessTree measured;
  private final ProcessTree own = new ProcessTree(List.of(ProcessHandle.current().pid()));
  private final double measuredBefore;
  private final double ownBefore;
  private final double busyBefore;
  private final long startNanos;

  private CpuWindow(Collection<Long> roots) {
    startNanos = System.nanoTime();
    measured = new ProcessTree(roots);
    busyBefore = MachineCpu.busyMicros();
    ownBefore = ownMicros();
    measuredBefore = measured.cpuMicros();
  }

  public static CpuWindow open(Collection<Long> roots) {
    return new CpuWindow(roots);
  }

  /// @param measuredMicros CPU time of the measured tree
  /// @param otherPercent CPU time of all but the measured tree and the load generator, in percent
  ///   of all processors' time; the sign of a noisy machine
  /// @param otherMicros the same as time. The kernel's threads are in it: what they do for a peer's
  ///   syncs is counted for nobody
  public record Used(double measuredMicros, double otherPercent, double otherMicros) {}

  public Used close() {
    double measuredMicros = measured.cpuMicros() - measuredBefore;
    double ownMicros = ownMicros() - ownBefore;
    double busy = MachineCpu.busyMicros() - busyBefore;
    double elapsedMicros = (System.nanoTime() - startNanos) / 1e3;
    double all = elapsedMicros * Runtime.getRuntime().availableProcessors();
    double other = Math.max(0, busy - measuredMicros - ownMicros);
    return new Used(measuredMicros, other * 100 / all, other);
  }

  // The peers are children of this JVM: only its own time counts here.
  private double ownMicros() {
    return own.rootCpuMicros();
  }
}
