package dev.burgage.node.crash;

import dev.burgage.node.crash.Death.Running;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Quarantined;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The databases under whose statements this node has died, kept in its folder. One strike is
/// remembered for a day; a second one within it quarantines the database until somebody releases
/// it. Databases are struck at the start of a node only, before any is open. Thread-safe.
public final class Quarantine {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final int STRIKES_MAX = 2;
  private static final Duration REMEMBERED = Duration.ofDays(1);
  private static final int SHOWN_CHARACTERS_MAX = 300;

  private final StrikeFile file;
  private final Clock clock;
  private final @Nullable Death death;
  private volatile Map<DatabaseId, Struck> struck;

  /// A database, why it was struck, and since when it is quarantined, if it is.
  record Struck(DatabaseId database, List<Strike> strikes, @Nullable Instant quarantinedAt) {
    Struck {
      strikes = List.copyOf(strikes);
    }
  }

  /// A death of the node under a statement.
  record Strike(Instant at, long ranMillis, String sql) {}

  private Quarantine(StrikeFile file, Clock clock, @Nullable Death death) throws IOException {
    this.file = file;
    this.clock = clock;
    this.death = death;
    Map<DatabaseId, Struck> known = new HashMap<>();
    for (Struck one : file.read()) {
      known.put(one.database(), one);
    }
    this.struck = Map.copyOf(known);
  }

  /// Reads what is known, and strikes what was at it when the process before died: before
  /// [Evidence#begin], which removes what that process has left.
  ///
  /// @param folder the node's
  public static Quarantine open(Path folder, Clock clock) throws IOException {
    Quarantine quarantine = new Quarantine(new StrikeFile(folder), clock, Death.read(folder));
    quarantine.strikeSuspects();
    return quarantine;
  }

  private synchronized void strikeSuspects() throws IOException {
    if (death == null || death.suspects().isEmpty()) {
      return;
    }
    Map<DatabaseId, Struck> next = new HashMap<>(struck);
    for (Running suspect : death.suspects()) {
      next.put(suspect.database(), strike(next.get(suspect.database()), suspect, death));
    }
    keep(next);
  }

  private Struck strike(@Nullable Struck before, Running suspect, Death death) {
    List<Strike> strikes = new ArrayList<>();
    if (before != null) {
      Instant since = death.at().minus(REMEMBERED);
      // Not twice for one death: this process may have died, too, before it removed the evidence.
      before.strikes().stream()
          .filter(s -> s.at().isAfter(since) && !s.at().equals(death.at()))
          .forEach(strikes::add);
    }
    strikes.add(new Strike(death.at(), death.ran(suspect).toMillis(), suspect.sql()));
    Instant quarantinedAt = before == null ? null : before.quarantinedAt();
    if (quarantinedAt == null && strikes.size() >= STRIKES_MAX) {
      quarantinedAt = clock.instant();
    }
    return new Struck(suspect.database(), strikes, quarantinedAt);
  }

  private void keep(Map<DatabaseId, Struck> next) throws IOException {
    file.write(
        next.values().stream()
            .sorted(Comparator.comparing(one -> one.database().toString()))
            .toList());
    struck = Map.copyOf(next);
  }

  /// Logs how the process before died, if it did.
  ///
  /// @param names tells whose a database is, for people
  public void tell(Function<DatabaseId, String> names) {
    if (death == null) {
      return;
    }
    LOG.warn(
        "The node (process {}) {} at {}; {} statements were running",
        death.pid(),
        how(death),
        death.at(),
        death.running().size());
    List<Running> suspects = death.suspects();
    for (Running statement : death.running()) {
      String verdict = suspects.contains(statement) ? verdict(statement.database()) : "no strike";
      LOG.warn(
          "When the node died, {} (database {}, generation {}) had run this for {} ms ({}): {}",
          names.apply(statement.database()),
          statement.database(),
          statement.generation(),
          death.ran(statement).toMillis(),
          verdict,
          statement.sql());
    }
  }

  private static String how(Death death) {
    if (death.blamed() != null) {
      return "ended itself because a statement could not be stopped";
    }
    return death.crashedThread().isPresent() ? "crashed" : "was killed";
  }

  private String verdict(DatabaseId database) {
    Struck now = struck.get(database);
    if (now == null || now.quarantinedAt() == null) {
      return "strike 1 of " + STRIKES_MAX;
    }
    return "quarantined since " + now.quarantinedAt();
  }

  /// @throws BurgageException `quarantined` if the database may not be used
  public void check(DatabaseId database) {
    Map<DatabaseId, Struck> all = struck;
    if (all.isEmpty()) {
      return;
    }
    Struck one = all.get(database);
    if (one != null && one.quarantinedAt() != null) {
      throw new BurgageException(
          ErrorCode.QUARANTINED,
          reason(one)
              + " An operator releases it with POST /v1/pools/{pool}/tenants/{tenant}/release.");
    }
  }

  private static String reason(Struck one) {
    Strike last = one.strikes().getLast();
    String sql = last.sql().strip();
    return "The database is quarantined since %s: %d times within a day its node died while it ran a statement; the last one, after %d ms, was: %s"
        .formatted(
            one.quarantinedAt(),
            one.strikes().size(),
            last.ranMillis(),
            sql.length() <= SHOWN_CHARACTERS_MAX
                ? sql
                : sql.substring(0, SHOWN_CHARACTERS_MAX) + "…");
  }

  /// The quarantined databases, by id.
  public List<Quarantined> list() {
    List<Quarantined> all = new ArrayList<>();
    for (Struck one : struck.values()) {
      Instant since = one.quarantinedAt();
      if (since != null) {
        all.add(new Quarantined(one.database(), since, reason(one)));
      }
    }
    all.sort(Comparator.comparing(one -> one.database().toString()));
    return all;
  }

  public int size() {
    return list().size();
  }

  /// Forgets all that is held against a database. Repeating it changes nothing.
  public synchronized void release(DatabaseId database) throws IOException {
    if (!struck.containsKey(database)) {
      return;
    }
    Map<DatabaseId, Struck> next = new HashMap<>(struck);
    next.remove(database);
    keep(next);
    LOG.info("Database {} is released: nothing is held against it any more", database);
  }
}
