package dev.burgage.bench.scenario;

import dev.burgage.bench.measure.PageCache;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.CommitPeer;
import dev.burgage.bench.peer.SlowFlush;
import dev.burgage.bench.peer.Workplace;
import dev.burgage.bench.worker.ManyDatabases;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Durable inserts into a thousand databases, a transaction each: a node in the process, whose one
/// log is synced for all of them, beside SQLite's own files, which are synced one by one. On the
/// disk as it is, and on one whose flush takes 3 ms longer.
public final class CommitsScenario {
  private static final String NAME = "commits";
  private static final List<Integer> CLIENTS = List.of(1, 32, 128);
  private static final int WARM_UP_CLIENTS = 32;
  private static final int SLOWER_MICROS = 3_000;

  private enum Disk {
    AS_IT_IS("as it is", 0, false),
    SIDE_BY_SIDE("flush 3 ms longer, any number at once", SLOWER_MICROS, false),
    ONE_BY_ONE("flush 3 ms longer, one after the other", SLOWER_MICROS, true);

    private final String text;
    private final int micros;
    private final boolean oneByOne;

    Disk(String text, int micros, boolean oneByOne) {
      this.text = text;
      this.micros = micros;
      this.oneByOne = oneByOne;
    }
  }

  private final RunPlan plan;
  private final Workplace workplace;
  private final int databases;
  private final List<CommitPeer> peers = new ArrayList<>();
  private @Nullable BurgageCell cell;

  private CommitsScenario(RunPlan plan) {
    this.plan = plan;
    this.workplace = plan.workplace().withJvmFlags(flags(plan.workplace()));
    this.databases = plan.choose(100, 1_000);
  }

  // A node's own, for both.
  private static List<String> flags(Workplace workplace) {
    var flags = new ArrayList<>(Workplace.DEFAULT_JVM_FLAGS);
    flags.add("-XX:+UseSerialGC");
    flags.add("-XX:Flags=" + workplace.root().resolve("jvm.flags"));
    return flags;
  }

  public static void run(RunPlan plan) throws IOException {
    Path library = SlowFlush.compile(plan.workplace()).orElse(null);
    var scenario = new CommitsScenario(plan);
    try {
      scenario.start(library);
      scenario.measure(library != null);
    } finally {
      scenario.stop();
    }
  }

  private void start(@Nullable Path library) throws IOException {
    if (plan.wants("sqlite-full")) {
      plan.say("opening %d files of SQLite".formatted(databases));
      peers.add(CommitPeer.ofFiles(workplace, databases, library));
    }
    if (!plan.wants("burgage-embedded")) {
      return;
    }
    Optional<String> missing =
        BurgageCell.missing(workplace).or(() -> CommitPeer.missing(workplace));
    if (missing.isPresent()) {
      plan.skip("burgage-embedded", missing.get());
      return;
    }
    plan.say("starting Burgage with %d tenants".formatted(databases));
    BurgageCell started = BurgageCell.start(workplace, 0);
    cell = started;
    started.api().createPool(CommitPeer.POOL);
    started
        .api()
        .registerMigrations(
            CommitPeer.POOL,
            List.of(Map.of("name", "V1__entry.sql", "sql", ManyDatabases.CREATE + ";")));
    peers.add(CommitPeer.ofNode(workplace, started, databases, library));
  }

  private void measure(boolean canBeSlow) throws IOException {
    for (CommitPeer peer : peers) {
      plan.say("warming " + peer.name());
      peer.run(WARM_UP_CLIENTS, plan.choose(5_000, 100_000), Duration.ofMinutes(2));
    }
    for (int round = 1; round <= plan.rounds(); round++) {
      for (Disk disk : Disk.values()) {
        if (disk != Disk.AS_IT_IS && !canBeSlow) {
          plan.skip(disk.text, "there is no C compiler (cc)");
          continue;
        }
        for (int clients : CLIENTS) {
          measure(disk, clients, round);
        }
      }
    }
    for (CommitPeer peer : peers) {
      plan.say(
          "%s: %d rows in %d databases, as many as were acknowledged, also after a reopen"
              .formatted(peer.name(), peer.check(), databases));
    }
  }

  // In turns, another one first each time.
  private void measure(Disk disk, int clients, int round) throws IOException {
    var what = new LinkedHashMap<String, String>();
    what.put("disk", disk.text);
    what.put("clients", Integer.toString(clients));
    for (int i = 0; i < peers.size(); i++) {
      CommitPeer peer = peers.get((round + i) % peers.size());
      PageCache.writeBack();
      peer.slow(disk.micros, disk.oneByOne);
      Map<String, Double> figures = peer.run(clients, Long.MAX_VALUE, plan.cellTime());
      peer.slow(0, /* oneByOne= */ false);
      long start = System.nanoTime();
      PageCache.writeBack();
      figures.put("settleMillis", (System.nanoTime() - start) / 1e6);
      plan.add(NAME, peer.name(), what, round, figures, /* note= */ null);
    }
  }

  private void stop() throws IOException {
    for (CommitPeer peer : peers) {
      peer.close();
    }
    if (cell != null) {
      cell.close();
    }
  }
}
