package dev.burgage.bench.scenario;

import dev.burgage.bench.load.OpenLoop;
import dev.burgage.bench.measure.CpuWindow;
import dev.burgage.bench.peer.TenantCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Reads and durable inserts of one tenant at a steady rate, timed from when each was due. One load
/// at a time.
final class SteadyTenant {
  private static final double PER_SECOND = 500;
  private static final int INSERT_EVERY = 5; // the others are reads
  private static final int ROWS = 10_000;
  // Long enough for a p99 of its inserts, short enough to show how it varies.
  private static final Duration WINDOW = Duration.ofSeconds(5);

  private final TenantCalls calls;
  private final AtomicLong inserted = new AtomicLong();

  SteadyTenant(TenantCalls calls) {
    this.calls = calls;
  }

  /// What the tenant felt.
  record Load(Map<String, Double> figures, @Nullable Throwable firstFailure) {
    @Nullable String note() {
      return firstFailure == null ? null : firstFailure.toString();
    }
  }

  private record Window(Histogram reads, Histogram inserts, OpenLoop.Outcome outcome) {}

  /// @param measured the processes that are not "others"
  Load forTime(Duration time, Collection<Long> measured) throws InterruptedException {
    CpuWindow cpu = CpuWindow.open(measured);
    return load(List.of(window(time)), cpu);
  }

  /// Loads in windows of 5 s until told to end, at a window's end, and says how their p99 varies.
  Load whileTrue(BooleanSupplier goesOn, Collection<Long> measured) throws InterruptedException {
    CpuWindow cpu = CpuWindow.open(measured);
    var windows = new ArrayList<Window>();
    do {
      windows.add(window(WINDOW));
    } while (goesOn.getAsBoolean());
    return withSpread(windows, cpu);
  }

  /// Turns what may disturb the tenant on and off.
  @FunctionalInterface
  interface Switch {
    void turn(boolean on) throws IOException;
  }

  /// What the tenant felt with and without it.
  record Turns(Load with, Load without) {}

  /// Loads in windows of 5 s by turns, so that what else the machine does meets both alike.
  ///
  /// @param goesOn whether there is still something to turn on
  /// @param disturbance is on at first
  Turns inTurns(BooleanSupplier goesOn, Switch disturbance, Collection<Long> measured)
      throws IOException, InterruptedException {
    CpuWindow cpu = CpuWindow.open(measured);
    var with = new ArrayList<Window>();
    var without = new ArrayList<Window>();
    do {
      disturbance.turn(true);
      with.add(window(WINDOW));
      disturbance.turn(false);
      without.add(window(WINDOW));
    } while (goesOn.getAsBoolean());
    return new Turns(withSpread(with, cpu), withSpread(without, cpu));
  }

  private static Load withSpread(List<Window> windows, CpuWindow cpu) {
    Load load = load(windows, cpu);
    var figures = new LinkedHashMap<>(load.figures());
    spread(figures, "read", windows.stream().map(Window::reads).toList());
    spread(figures, "insert", windows.stream().map(Window::inserts).toList());
    figures.put("seconds", windows.stream().mapToLong(w -> w.outcome().elapsedNanos()).sum() / 1e9);
    return new Load(figures, load.firstFailure());
  }

  private static void spread(Map<String, Double> figures, String name, List<Histogram> windows) {
    double[] p99 = windows.stream().mapToDouble(w -> micros(w, 99)).sorted().toArray();
    figures.put(name + "P99LeastMicros", p99[0]);
    figures.put(name + "P99MedianMicros", p99[p99.length / 2]);
    figures.put(name + "P99MostMicros", p99[p99.length - 1]);
  }

  private Window window(Duration time) throws InterruptedException {
    Histogram reads = new ConcurrentHistogram(3);
    Histogram inserts = new ConcurrentHistogram(3);
    OpenLoop.Outcome outcome =
        OpenLoop.run(
            PER_SECOND,
            (int) (PER_SECOND * time.toMillis() / 1_000),
            (index, intended) -> {
              boolean insert = index % INSERT_EVERY == 0;
              if (insert) {
                calls.insert((int) inserted.incrementAndGet());
              } else {
                calls.read(1 + index % ROWS);
              }
              (insert ? inserts : reads).recordValue(System.nanoTime() - intended);
            });
    return new Window(reads, inserts, outcome);
  }

  private static Load load(List<Window> windows, CpuWindow cpu) {
    Histogram reads = new Histogram(3);
    Histogram inserts = new Histogram(3);
    windows.forEach(window -> {
      reads.add(window.reads());
      inserts.add(window.inserts());
    });
    var figures = new LinkedHashMap<String, Double>();
    figures.put("readP50Micros", micros(reads, 50));
    figures.put("readP99Micros", micros(reads, 99));
    figures.put("insertP50Micros", micros(inserts, 50));
    figures.put("insertP99Micros", micros(inserts, 99));
    figures.put("otherPercent", cpu.close().otherPercent());
    figures.put("errors", (double) windows.stream().mapToLong(w -> w.outcome().failed()).sum());
    Throwable first =
        windows.stream()
            .flatMap(w -> Stream.ofNullable(w.outcome().firstFailure()))
            .findFirst()
            .orElse(null);
    return new Load(figures, first);
  }

  private static double micros(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e3;
  }
}
