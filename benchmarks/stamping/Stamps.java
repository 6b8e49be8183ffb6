import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.node.ApplyMigrations;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// A million stamps on one node: what each tenth of them takes, their memory, and a start with them.
public final class Stamps {
  private static final int ORDER = 500;

  private Stamps() {}

  /// @param arguments an empty folder; how many databases
  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    List<DatabaseIdentity> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(new DatabaseIdentity(new DatabaseId(new UUID(random.nextLong(), random.nextLong())), 1));
    }
    long before = heap();
    Dormant dormant = new Dormant(data, Clock.systemUTC());
    ApplyMigrations first = order();
    each("stamp", all, part -> dormant.stamp(first, part));
    System.out.printf("heap of %d stamps: %.1f bytes each%n", count, (heap() - before) / (double) count);
    start(data, count);
    ApplyMigrations second = order();
    each("stamp anew", all, part -> dormant.stamp(second, part));
    start(data, count);
    each("forget", all, part -> dormant.forget(second.rollout(), part));
    start(data, count);
    each("clear", all, dormant::clear);
    start(data, 0);
    System.out.printf("files: %d MiB%n", size(data) >> 20);
  }

  private static ApplyMigrations order() {
    return new ApplyMigrations(UUID.randomUUID(), 1, List.of(), List.of(), List.of(), 60_000L);
  }

  private interface Deed {
    void on(List<DatabaseIdentity> part) throws Exception;
  }

  private static void each(String what, List<DatabaseIdentity> all, Deed deed) throws Exception {
    StringBuilder line = new StringBuilder(what + ", ms of CPU (and of wall) for each tenth:");
    int tenth = all.size() / 10;
    for (int from = 0; from < all.size(); from += tenth) {
      long start = System.nanoTime();
      long cpu = cpu();
      for (int at = from; at < Math.min(all.size(), from + tenth); at += ORDER) {
        deed.on(all.subList(at, Math.min(Math.min(all.size(), from + tenth), at + ORDER)));
      }
      line.append(" %d (%d)".formatted((cpu() - cpu) / 1_000_000, (System.nanoTime() - start) / 1_000_000));
    }
    System.out.println(line);
  }

  private static void start(Path data, int expected) throws Exception {
    long start = System.nanoTime();
    long cpu = cpu();
    Dormant again = new Dormant(data, Clock.systemUTC());
    System.out.printf(
        "a start with %d stamps: %d ms of CPU, %d of wall%n",
        again.size(), (cpu() - cpu) / 1_000_000, (System.nanoTime() - start) / 1_000_000);
    if (again.size() != expected) {
      throw new IllegalStateException("expected %d stamps, found %d".formatted(expected, again.size()));
    }
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long size(Path data) throws Exception {
    try (var files = Files.walk(data)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
