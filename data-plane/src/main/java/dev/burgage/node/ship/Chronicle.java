package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// All that the store has of one database: its bases, and the logs of the generations in which it
/// was served. For one thread.
final class Chronicle {
  private final DatabaseId database;
  private final RunReader reader;
  private final LogObjects objects;
  private final List<Home> homes;
  private final List<Base> bases;
  private final Map<LogName, LogObjects.Found> found = new HashMap<>();

  private Chronicle(
      DatabaseId database,
      ObjectStore store,
      LogObjects objects,
      List<Home> homes,
      List<Base> bases) {
    this.database = database;
    this.reader = new RunReader(store);
    this.objects = objects;
    this.homes = homes;
    this.bases = bases;
  }

  static Chronicle open(ObjectStore store, Layout layout, DatabaseId database) throws IOException {
    LogObjects objects = new LogObjects(store, layout);
    return new Chronicle(
        database,
        store,
        objects,
        Home.list(store, layout, database),
        Base.list(objects, layout, database));
  }

  boolean isEmpty() {
    return homes.isEmpty();
  }

  /// Where a replay begins.
  ///
  /// @param base null to begin with the database's first record
  /// @param isTooOld what lay between base and goal was deleted
  record Start(@Nullable Base base, boolean isTooOld) {}

  /// The newest base that is not behind the goal.
  Start start(Goal goal) throws IOException {
    Base newest =
        bases.stream()
            .filter(base -> goal.includes(base.name()))
            .reduce((_, later) -> later)
            .orElse(null);
    if (homes.isEmpty()) {
      return new Start(null, /* isTooOld= */ false);
    }
    LogName log = newest == null ? homes.getFirst().log() : newest.name().log();
    LogPosition from = newest == null ? homes.getFirst().from() : newest.name().covers();
    LogObjects.Found listed = list(log, from);
    boolean wasDeleted = !from.equals(LogObjects.NOWHERE) && from.compareTo(listed.keptFrom()) < 0;
    return new Start(newest, wasDeleted && (newest == null || isBetween(goal, listed)));
  }

  // Slices were deleted when there was a base older than the window for what was in them. If such
  // a base is behind the goal, what lies between it and the base before may be gone.
  private boolean isBetween(Goal goal, LogObjects.Found listed) {
    return bases.stream()
        .map(Base::name)
        .anyMatch(base -> !goal.includes(base) && Times.second(base.time()) < listed.keptSecond());
  }

  private LogObjects.Found list(LogName log, LogPosition after) throws IOException {
    LogObjects.Found known = found.get(log);
    if (known == null) {
      known = objects.list(log, after);
      found.put(log, known);
    }
    return known;
  }

  /// The part of a log in which one or more generations of the database are.
  private record Stage(LogName log, LogPosition from, List<Home> homes) {}

  /// A place in a log behind which a replay does not go.
  ///
  /// @param second since 1970: nothing before the place is younger
  record Until(LogName log, LogPosition end, long second) {}

  /// @param until no slice that ends behind it; null for all
  /// @return where the next replay of the last log would have to begin
  LogPosition replay(Remake remake, Start start, Goal goal, @Nullable Until until)
      throws IOException {
    Base base = start.base();
    if (base != null) {
      read(remake, base);
    }
    LogPosition settled = LogObjects.NOWHERE;
    for (Stage stage : stages(base)) {
      LogPosition end = until != null && until.log().equals(stage.log()) ? until.end() : null;
      settled = replay(remake, stage, goal, end);
      if (end != null || isDone(remake, goal)) {
        break;
      }
    }
    return settled;
  }

  private List<Stage> stages(@Nullable Base base) {
    List<Stage> stages = new ArrayList<>();
    for (Home home : base == null ? homes : homesFrom(base.name())) {
      if (!stages.isEmpty() && stages.getLast().log().equals(home.log())) {
        stages.getLast().homes().add(home);
        continue;
      }
      LogPosition from =
          base != null && home.log().equals(base.name().log()) ? base.name().covers() : home.from();
      stages.add(new Stage(home.log(), from, new ArrayList<>(List.of(home))));
    }
    return stages;
  }

  // What was before the base is not needed, and may be gone.
  private List<Home> homesFrom(Base.Name base) {
    int first = 0;
    while (first < homes.size() && homes.get(first).generation() < base.generation()) {
      first++;
    }
    for (int i = first; i < homes.size(); i++) {
      Home home = homes.get(i);
      if (home.log().equals(base.log()) && home.generation() == base.generation()) {
        return homes.subList(i, homes.size());
      }
    }
    return homes.subList(first, homes.size());
  }

  /// Whether a replay from a base, or from the beginning, reads a log.
  boolean reads(LogName log, @Nullable Base base) {
    return stages(base).stream().anyMatch(stage -> stage.log().equals(log));
  }

  private void read(Remake remake, Base base) throws IOException {
    try (RecordsAhead records = new RecordsAhead(reader, database, base.parts())) {
      for (ObjectPart part : base.parts()) {
        records.read(
            _ -> true, (_, record) -> remake.add(part.key(), record, /* collapsed= */ true));
      }
    }
  }

  private static boolean isDone(Remake remake, Goal goal) {
    return remake.beyond() != null || goal.isReached(remake);
  }

  private LogPosition replay(Remake remake, Stage stage, Goal goal, @Nullable LogPosition until)
      throws IOException {
    LogObjects.Found listed = list(stage.log(), stage.from());
    LogPosition from = from(stage, listed);
    LogObjects.Cover cover = objects.cover(listed, from);
    List<Span> spans =
        cover.spans().stream()
            .filter(span -> until == null || span.name().to().compareTo(until) <= 0)
            .toList();
    List<ObjectPart> parts =
        spans.stream()
            .flatMap(span -> span.partsWith(database).stream())
            .map(Slice::object)
            .toList();
    try (RecordsAhead records = new RecordsAhead(reader, database, parts)) {
      LogPosition settled = replay(remake, stage, goal, from, spans, records);
      if (until == null && !isDone(remake, goal)) {
        cover.requireWhole();
      }
      return settled;
    }
  }

  private LogPosition replay(
      Remake remake,
      Stage stage,
      Goal goal,
      LogPosition from,
      List<Span> spans,
      RecordsAhead records)
      throws IOException {
    LogPosition settled = from;
    for (Span span : spans) {
      if (isDone(remake, goal)) {
        break;
      }
      boolean wasInside = remake.isInside();
      for (Slice slice : span.partsWith(database)) {
        read(remake, stage, slice.object(), records);
      }
      if (!remake.isInside()) {
        settled = span.name().to();
      } else if (!wasInside) {
        settled = span.name().from();
      }
    }
    return settled;
  }

  private static LogPosition from(Stage stage, LogObjects.Found listed) {
    return stage.from().compareTo(listed.begin()) < 0 && !isMissing(stage, listed)
        ? listed.begin()
        : stage.from();
  }

  // A place before the first slice is no loss if what was there was deleted, or was not told.
  private static boolean isMissing(Stage stage, LogObjects.Found listed) {
    return !stage.from().equals(LogObjects.NOWHERE)
        && listed.begin().compareTo(listed.keptFrom()) > 0;
  }

  private void read(Remake remake, Stage stage, ObjectPart part, RecordsAhead records)
      throws IOException {
    records.read(
        run -> run.lastTransaction() > remake.transaction() && remake.beyond() == null,
        (run, record) -> {
          if (counts(stage, record.record())) {
            remake.add(part.key(), record, run.isCollapsed());
          }
        });
  }

  private boolean counts(Stage stage, LogRecord record) {
    return record.key().transaction() <= lastCounting(stage, record.key().generation());
  }

  // An older generation may have gone on after a newer one had begun, and a log after another one
  // had gone on with the same generation: what is in two is in the later one.
  private long lastCounting(Stage stage, long generation) {
    for (Home own : stage.homes()) {
      if (own.generation() == generation) {
        return homes.subList(homes.indexOf(own) + 1, homes.size()).stream()
            .filter(later -> later.generation() > generation || !later.log().equals(own.log()))
            .mapToLong(later -> later.transaction() - 1)
            .min()
            .orElse(Long.MAX_VALUE);
      }
    }
    return 0;
  }

  /// Where the store ends for a goal.
  ///
  /// @param included the last record that ends a transaction and is not behind the goal; null if
  ///   there is none
  /// @param lastTransaction that the store has
  /// @param isBehind whether it has any that is behind the goal
  record Newest(@Nullable LogRecord included, long lastTransaction, boolean isBehind) {}

  private record Place(Stage stage, ObjectPart part, Run run) {}

  /// Finds it by the indexes; of records only some near the goal are read.
  Newest newest(Start start, Goal goal) throws IOException {
    List<Place> places = places(start);
    Base base = start.base();
    long last = base == null ? 0 : base.name().transaction();
    boolean isBehind = false;
    for (Place place : places) {
      Run run = place.run();
      long counting = lastCounting(place.stage(), run.generation());
      last = Math.max(last, Math.min(counting, run.lastTransaction()));
      isBehind |= !goal.includesEnd(place.run());
    }
    for (Place place : places.reversed()) {
      LogRecord record = goal.includesBegin(place.run()) ? lastOf(place, goal) : null;
      if (record != null) {
        return new Newest(record, last, isBehind);
      }
    }
    return new Newest(base == null ? null : lastOf(base), last, isBehind);
  }

  private List<Place> places(Start start) throws IOException {
    List<Place> places = new ArrayList<>();
    for (Stage stage : stages(start.base())) {
      LogObjects.Found listed = list(stage.log(), stage.from());
      LogObjects.Cover cover = objects.cover(listed, from(stage, listed));
      cover.requireWhole();
      List<ObjectPart> parts =
          cover.spans().stream()
              .flatMap(span -> span.partsWith(database).stream())
              .map(Slice::object)
              .toList();
      try (IndexAhead indexes = new IndexAhead(reader, parts)) {
        for (ObjectPart part : parts) {
          for (Run run : indexes.next()) {
            if (run.database().equals(database)) {
              places.add(new Place(stage, part, run));
            }
          }
        }
      }
    }
    return places;
  }

  private @Nullable LogRecord lastOf(Place place, Goal goal) throws IOException {
    AtomicReference<@Nullable LogRecord> last = new AtomicReference<>();
    RunReader.records(
        place.part(),
        place.run(),
        reader.bytes(place.part(), place.run()),
        (record, _) -> {
          if (record.kind().isChained()
              && record.kind().endsTransaction()
              && goal.includes(record)
              && counts(place.stage(), record)) {
            last.set(record);
          }
        });
    return last.get();
  }

  private @Nullable LogRecord lastOf(Base base) throws IOException {
    ObjectPart part = base.parts().getLast();
    Run run = reader.index(part).getLast();
    AtomicReference<@Nullable LogRecord> last = new AtomicReference<>();
    RunReader.records(part, run, reader.bytes(part, run), (record, _) -> last.set(record));
    return last.get();
  }

  List<Base> bases() {
    return bases;
  }
}
