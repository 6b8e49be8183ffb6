package dev.burgage.node.dormant;

import dev.burgage.node.dormant.StampLog.State;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.Durable;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// The stamps of this node: `dormant/<rollout>/` with the order, once, the log of its stamps, and
/// the outcomes that wait to be told. A database has one stamp at most, that of the newest order.
/// Thread-safe; see DESIGN.md.
public final class Dormant {
  private static final Duration KEPT_WHEN_SETTLED = Duration.ofDays(7);
  // Of a stamp's value, from its lowest bit: rollout's place in the list, state, generation.
  private static final int ROLLOUT_BITS = 20;
  private static final int STATE_BITS = 2;
  private static final int GENERATION_BITS = Long.SIZE - 1 - ROLLOUT_BITS - STATE_BITS;

  // A rollout that is in no list yet.
  private static final int NOWHERE = -1;

  // Its log still says PENDING, and "cleared" is never in the table.
  private static final State WAKING = State.CLEARED;

  private final Path folder;
  private final Clock clock;
  private final StampTable stamps = new StampTable();
  private final List<Rollout> rollouts = new ArrayList<>();
  private final ConcurrentMap<UUID, Rollout> byId = new ConcurrentHashMap<>();
  private volatile boolean empty = true;

  /// A rollout's files.
  ///
  /// @param number of the rollouts of this node, in the order in which they came
  /// @param place in the list of those that this process knows
  private record Rollout(
      UUID id, long number, int place, Path folder, StampLog log, OutcomeQueue queue) {
    Path order() {
      return folder.resolve("order.json");
    }

    Rollout at(int place) {
      return new Rollout(id, number, place, folder, log, queue);
    }
  }

  /// The file `order.json`. The number is in it because a file's time can't tell two orders of the
  /// same clock tick apart, and clocks are set back.
  private record Kept(long number, ApplyMigrations order) {}

  /// Reads what earlier runs have left.
  ///
  /// @param data the node's data folder
  public Dormant(Path data, Clock clock) throws IOException {
    this.folder = Files.createDirectories(data.resolve("dormant"));
    this.clock = clock;
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path one : all) {
        if (Files.exists(one.resolve("order.json"))) {
          found.add(one);
        } else {
          remove(one); // the node died while it was made, or while it was removed
        }
      }
    }
    List<Rollout> read = new ArrayList<>();
    for (Path one : found) {
      read.add(read(one));
    }
    read.sort(Comparator.comparingLong(Rollout::number));
    for (Rollout one : read) {
      replay(add(one));
    }
  }

  private static Rollout read(Path of) throws IOException {
    long number = Json.read(Files.readAllBytes(of.resolve("order.json")), Kept.class).number();
    return rollout(UUID.fromString(of.getFileName().toString()), number, of);
  }

  private static Rollout rollout(UUID id, long number, Path of) throws IOException {
    return new Rollout(
        id, number, NOWHERE, of, new StampLog(of.resolve("stamps")), new OutcomeQueue(of));
  }

  private Rollout add(Rollout one) {
    Rollout rollout = one.at(rollouts.size());
    rollouts.add(rollout);
    byId.put(rollout.id(), rollout);
    return rollout;
  }

  // What a log says in the end counts, not what it said before: a stamp that another rollout has
  // taken ends as CLEARED here, and must take nothing from the other one. Two that have not ended
  // are left by a crash between the words "pending" and "cleared": the newer rollout's counts.
  private void replay(Rollout rollout) throws IOException {
    StampTable last = new StampTable();
    rollout
        .log()
        .replay((identity, state) -> {
          if (state == State.CLEARED) {
            last.remove(identity);
          } else {
            last.put(identity, value(rollout, identity, state));
          }
        });
    stamps.putAll(last);
    empty = stamps.size() == 0;
  }

  private void set(Rollout rollout, DatabaseIdentity identity, State state) {
    if (state != State.CLEARED) {
      stamps.put(identity, value(rollout, identity, state));
    } else if (owns(rollout, stamps.get(identity))) {
      stamps.remove(identity);
    }
    empty = stamps.size() == 0;
  }

  private static long value(Rollout rollout, DatabaseIdentity identity, State state) {
    return identity.generation() << (ROLLOUT_BITS + STATE_BITS)
        | (long) state.number() << ROLLOUT_BITS
        | rollout.place();
  }

  private static boolean owns(Rollout rollout, long value) {
    return value != StampTable.NONE && place(value) == rollout.place();
  }

  private static int place(long value) {
    return (int) value & ((1 << ROLLOUT_BITS) - 1);
  }

  private @Nullable Rollout owner(long value) {
    return value == StampTable.NONE ? null : rollouts.get(place(value));
  }

  private static State state(long value) {
    return State.of((int) (value >>> ROLLOUT_BITS) & ((1 << STATE_BITS) - 1));
  }

  // Of this very generation, or NONE.
  private long value(DatabaseIdentity identity) {
    long value = stamps.get(identity);
    return value >>> (ROLLOUT_BITS + STATE_BITS) == identity.generation() ? value : StampTable.NONE;
  }

  /// Whether a database of this generation can have a stamp.
  public static boolean canStamp(DatabaseIdentity identity) {
    return identity.generation() < 1L << GENERATION_BITS;
  }

  /// Stamps databases; the stamps are on the disk when this returns.
  public synchronized void stamp(ApplyMigrations order, List<DatabaseIdentity> identities)
      throws IOException {
    Rollout rollout = rollout(order);
    List<DatabaseIdentity> unstamped =
        identities.stream().filter(identity -> !isPendingBy(rollout, identity)).toList();
    if (unstamped.isEmpty()) {
      return;
    }
    rollout.log().append(unstamped, State.PENDING);
    Map<Rollout, List<DatabaseIdentity>> replaced = new HashMap<>();
    for (DatabaseIdentity identity : unstamped) {
      Rollout before = owner(stamps.get(identity));
      if (before != null && before.place() != rollout.place()) {
        replaced.computeIfAbsent(before, _ -> new ArrayList<>()).add(identity);
      }
      set(rollout, identity, State.PENDING);
    }
    for (var entry : replaced.entrySet()) {
      entry.getKey().log().append(entry.getValue(), State.CLEARED);
    }
  }

  private boolean isPendingBy(Rollout rollout, DatabaseIdentity identity) {
    return owns(rollout, value(identity)) && isPending(identity);
  }

  private Rollout rollout(ApplyMigrations order) throws IOException {
    Rollout known = byId.get(order.rollout());
    long number = known == null ? nextNumber() : known.number();
    byte[] content = Json.bytes(new Kept(number, withoutTargets(order)));
    if (known != null && Arrays.equals(Files.readAllBytes(known.order()), content)) {
      return known;
    }
    Path of = folder.resolve(order.rollout().toString());
    Files.createDirectories(of);
    Rollout rollout = known == null ? add(rollout(order.rollout(), number, of)) : known;
    Durable.replace(rollout.order(), content);
    Durable.syncFolder(folder);
    return rollout;
  }

  private long nextNumber() {
    return rollouts.isEmpty() ? 1 : rollouts.getLast().number() + 1;
  }

  private static ApplyMigrations withoutTargets(ApplyMigrations order) {
    return new ApplyMigrations(
        order.rollout(), order.number(), List.of(), order.scripts(), order.invariants(), null);
  }

  /// Whether there is no stamp at all.
  public boolean isEmpty() {
    return empty;
  }

  /// Whether the database is to be migrated before its next statement.
  public synchronized boolean isPending(DatabaseIdentity identity) {
    long value = value(identity);
    return value != StampTable.NONE && state(value) == State.PENDING;
  }

  /// Somebody begins to wake the database. Until [#awake] or [#letSleep] nobody else does.
  ///
  /// @return the rollout whose migrations it gets; null if there is none
  public synchronized @Nullable UUID claim(DatabaseIdentity identity) {
    long value = value(identity);
    Rollout owner = owner(value);
    if (owner == null || state(value) != State.PENDING) {
      return null;
    }
    stamps.put(identity, value(owner, identity, WAKING));
    return owner.id();
  }

  /// Nothing came of it: it is pending again.
  public synchronized void letSleep(UUID rollout, DatabaseIdentity identity) {
    Rollout known = byId.get(rollout);
    long value = value(identity);
    if (known != null && owns(known, value) && state(value) == WAKING) {
      set(known, identity, State.PENDING);
    }
  }

  /// How many stamps there are, of whatever state.
  public synchronized int size() {
    return stamps.size();
  }

  /// The rollout's order, without targets.
  public ApplyMigrations order(UUID rollout) throws IOException {
    Rollout known = byId.get(rollout);
    if (known == null) {
      throw new NoSuchFileException("dormant/" + rollout);
    }
    return Json.read(Files.readAllBytes(known.order()), Kept.class).order();
  }

  /// The database was woken; from now on, in memory only, its stamp holds nobody up. [#woken] makes
  /// it last.
  public synchronized void awake(UUID rollout, DatabaseIdentity identity) {
    Rollout known = byId.get(rollout);
    long value = value(identity);
    if (known != null && owns(known, value) && state(value) == WAKING) {
      stamps.remove(identity);
    }
  }

  /// Keeps what became of a woken database until it is told. First the outcome, then the end of the
  /// stamp: what a crash leaves between is told twice.
  public void woken(UUID rollout, DatabaseIdentity identity, ApplyOutcome outcome)
      throws IOException {
    Rollout known = byId.get(rollout);
    if (known == null) {
      return;
    }
    known.queue().add(outcome);
    State end = outcome.result() == Result.FAILED ? State.FAILED : State.CLEARED;
    synchronized (this) {
      if (owner(stamps.get(identity)) == null) { // else a newer order has stamped it meanwhile
        set(known, identity, end);
      }
      known.log().append(List.of(identity), end);
    }
  }

  /// Somebody has settled these otherwise, or they are gone.
  public synchronized void clear(List<DatabaseIdentity> identities) throws IOException {
    if (empty) {
      return;
    }
    Map<Rollout, List<DatabaseIdentity>> cleared = new HashMap<>();
    for (DatabaseIdentity identity : identities) {
      Rollout owner = owner(value(identity));
      if (owner != null) {
        cleared.computeIfAbsent(owner, _ -> new ArrayList<>()).add(identity);
        set(owner, identity, State.CLEARED);
      }
    }
    for (var entry : cleared.entrySet()) {
      entry.getKey().log().append(entry.getValue(), State.CLEARED);
    }
  }

  /// Forgets the stamps that a rollout has on these.
  ///
  /// @return those that its migrations have not changed for that reason: forgotten now or before,
  ///   or failed
  public synchronized List<DatabaseIdentity> forget(UUID rollout, List<DatabaseIdentity> identities)
      throws IOException {
    Rollout known = byId.get(rollout);
    if (known == null) {
      return List.of();
    }
    List<DatabaseIdentity> unchanged = new ArrayList<>();
    List<DatabaseIdentity> forgotten = new ArrayList<>();
    for (DatabaseIdentity identity : identities) {
      long value = value(identity);
      if (owns(known, value) && state(value) != WAKING) {
        unchanged.add(identity);
        if (state(value) == State.PENDING) {
          forgotten.add(identity);
        }
      }
    }
    if (!forgotten.isEmpty()) {
      known.log().append(forgotten, State.FORGOTTEN);
    }
    forgotten.forEach(identity -> set(known, identity, State.FORGOTTEN));
    return unchanged;
  }

  /// Rollouts with outcomes that were not told.
  List<UUID> untold() {
    return byId.values().stream().filter(r -> !r.queue().isEmpty()).map(Rollout::id).toList();
  }

  /// The outcomes of a rollout.
  OutcomeQueue queue(UUID rollout) {
    Rollout known = byId.get(rollout);
    if (known == null) {
      throw new IllegalArgumentException("no stamps of rollout " + rollout);
    }
    return known.queue();
  }

  /// Removes what is left of rollouts all of whose stamps were settled a week ago.
  public synchronized void deleteOld() throws IOException {
    if (byId.isEmpty()) {
      return;
    }
    boolean[] waiting = new boolean[rollouts.size()];
    stamps.forEach(
        value -> waiting[place(value)] |= state(value) == State.PENDING || state(value) == WAKING);
    long before = clock.millis() - KEPT_WHEN_SETTLED.toMillis();
    for (Rollout rollout : List.copyOf(byId.values())) {
      if (!waiting[rollout.place()]
          && rollout.queue().isEmpty()
          && rollout.log().file().toFile().lastModified() < before) {
        stamps.keep(value -> !owns(rollout, value));
        byId.remove(rollout.id());
        remove(rollout.folder());
      }
    }
    empty = stamps.size() == 0;
  }

  // The order goes first: without it the rest is nothing.
  private static void remove(Path of) throws IOException {
    for (String name :
        List.of("order.json", "order.json.next", "stamps", "outcomes", "told", "told.next")) {
      Files.deleteIfExists(of.resolve(name));
    }
    Files.deleteIfExists(of);
  }
}
