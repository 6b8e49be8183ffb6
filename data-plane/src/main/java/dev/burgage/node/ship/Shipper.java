package dev.burgage.node.ship;

import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogReader;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.node.threads.Threads;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Writes what is durable in a node's log to the store, slice after slice. It holds one slice in
/// memory and no more, whatever the store does; nothing of it is needed after a crash. For one
/// thread; figures for all.
final class Shipper {
  private static final int BEGINS_MAX = 10;
  private static final int WRITES_MAX = 16;

  private final CommitLog log;
  private final ObjectStore store;
  private final Layout layout;
  private final LogName name;
  private final LogObjects objects;
  private final TemplateObjects templates;
  private final TemplateFiles files;
  private final ShipSettings settings;
  private final Clock clock;
  private final Map<DatabaseId, Long> known = new HashMap<>();
  private final Map<DatabaseId, LogPosition> open = new HashMap<>();
  private @Nullable Stint stint;
  private @Nullable Ready ready;
  private LogPosition scanned = LogObjects.NOWHERE;
  private long second;
  private volatile LogPosition shipped = LogObjects.NOWHERE;
  private volatile long waitingSince;
  private volatile long slices;
  private volatile long bytes;

  /// What a shipper works on.
  record Parts(
      CommitLog log,
      LogName name,
      ObjectStore store,
      Layout layout,
      TemplateFiles files,
      Clock clock) {}

  // The store gets the same object however often it must be tried.
  private record Ready(
      String key, byte[] content, LogPosition to, List<Home> homes, List<byte[]> templates) {}

  Shipper(Parts parts, ShipSettings settings) {
    this.log = parts.log();
    this.store = parts.store();
    this.layout = parts.layout();
    this.name = parts.name();
    this.files = parts.files();
    this.clock = parts.clock();
    this.settings = settings;
    this.objects = new LogObjects(store, layout);
    this.templates = new TemplateObjects(store, layout);
  }

  /// Ships one slice of what is durable now. To be called again when it fails, and while it says
  /// that there is more.
  ///
  /// @return whether there is more
  /// @throws FencedOffException if this process must not ship any more
  boolean ship() throws IOException {
    Stint own = stint;
    if (own == null) {
      own = begin();
      stint = own;
    }
    Ready next = ready;
    if (next == null) {
      next = cut(own);
      ready = next;
    }
    if (next == null) {
      return false;
    }
    write(next);
    ready = null;
    waitingSince = 0;
    shipped = next.to();
    count(next.content().length);
    return shipped.compareTo(log.durableEnd()) < 0;
  }

  // One thread writes the counters.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(int sliceBytes) {
    slices++;
    bytes += sliceBytes;
  }

  // Whatever an earlier process still has under way comes to stand behind the place from which this
  // stint says that it ships, or before it looks a second time.
  private Stint begin() throws IOException {
    requireNewest();
    for (int i = 0; i < BEGINS_MAX; i++) {
      LogObjects.Found found = objects.list(name, LogObjects.NOWHERE);
      LogPosition from = from(found);
      int number = found.stints().stream().mapToInt(Stint::number).max().orElse(0) + 1;
      long now = clock.instant().getEpochSecond();
      String key = Stint.key(layout, name, number, from, now);
      boolean isFirst = store.putIfAbsent(key, new byte[0]);
      LogObjects.Found again = objects.list(name, LogObjects.NOWHERE);
      boolean isOnly =
          again.stints().stream()
              .noneMatch(one -> one.number() >= number && !one.key().equals(key));
      if (isFirst && isOnly && from(again).equals(from)) {
        shipped = from;
        scanned = from;
        second = again.slices().stream().mapToLong(Slice::second).max().orElse(0);
        return new Stint(number, from, now, key);
      }
    }
    throw new FencedOffException(
        "log %s: other processes began to ship it %d times meanwhile; run one node with this name"
            .formatted(name, BEGINS_MAX));
  }

  // A disk that comes back after its node has begun anew without it.
  private void requireNewest() throws FencedOffException, StoreException {
    LogName newest = objects.logs(name.node()).stream().max(LogName.BY_BEGIN).orElse(name);
    if (LogName.BY_BEGIN.compare(newest, name) > 0) {
      throw new FencedOffException(
          "log %s: node %s has begun log %s since, with what the store had then; run one node with"
                  .formatted(name, name.node(), newest.id())
              + " this name, on the folder of that log");
    }
  }

  private LogPosition from(LogObjects.Found found) throws IOException {
    LogPosition begin;
    try (LogReader reader = log.reader()) {
      begin = reader.begin();
    }
    LogPosition end = found.end();
    if (end == null) {
      return begin;
    }
    if (end.segment() < begin.segment() || end.compareTo(log.durableEnd()) > 0) {
      throw new FencedOffException(
          "log %s: the store has it up to %s, the node from %s to %s; what is between is lost here"
                  .formatted(
                      name, Layout.text(end), Layout.text(begin), Layout.text(log.durableEnd()))
              + ", so this is not the log that was shipped");
    }
    return end;
  }

  private @Nullable Ready cut(Stint own) throws IOException {
    LogPosition end = log.durableEnd();
    LogPosition from = shipped;
    Cut cut = new Cut(new Cut.Start(name, from, scanned, second, open), settings.sliceBytesMax());
    try (LogReader reader = log.reader()) {
      cut.take(reader, end);
    }
    scanned = cut.to();
    if (cut.isEmpty()) {
      return null;
    }
    second = cut.second();
    waitingSince = cut.firstTime();
    Slice.Name slice = new Slice.Name(0, from, cut.to(), second, own.number());
    List<Ready> made = new ArrayList<>();
    cut.write(
        new RunWriter(
            Integer.MAX_VALUE,
            (part, isLast, first, index) -> slice.key(layout, name, part, isLast, first, index),
            (key, content) ->
                made.add(new Ready(key, content, cut.to(), cut.homes(), cut.templates()))));
    return made.getFirst();
  }

  private void write(Ready next) throws IOException {
    for (byte[] template : next.templates()) {
      templates.put(template, files);
    }
    List<Home> homes =
        next.homes().stream()
            .filter(home ->
                home.isOfBase() || known.getOrDefault(home.database(), 0L) < home.generation())
            .toList();
    writeHomes(homes);
    homes.forEach(home -> known.put(home.database(), home.generation()));
    if (!store.putIfAbsent(next.key(), next.content())
        && !Arrays.equals(store.get(next.key()), next.content())) {
      throw new FencedOffException(
          "object %s is there with another content: another process ships log %s"
              .formatted(next.key(), name));
    }
  }

  // Not on virtual threads: a folder's syncs would hold their carriers, which requests want.
  private void writeHomes(List<Home> homes) throws IOException {
    if (homes.isEmpty()) {
      return;
    }
    List<Future<?>> writes = new ArrayList<>();
    ThreadFactory patient = Threads.patient("home-writer");
    int threadCount = Math.min(homes.size(), WRITES_MAX);
    try (ExecutorService threads = Executors.newFixedThreadPool(threadCount, patient)) {
      for (Home home : homes) {
        writes.add(
            threads.submit(() -> {
              home.put(store, layout);
              return null;
            }));
      }
    }
    for (Future<?> write : writes) {
      try {
        write.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while homes were written", e);
      }
    }
  }

  /// Whether a later stint, or a later log of this node, has begun elsewhere.
  ///
  /// @throws FencedOffException if it has
  void checkStint() throws FencedOffException, StoreException {
    Stint own = stint;
    if (own == null) {
      return;
    }
    Stint last =
        objects.all(layout.stints(name), "", Stint::parse).stream()
            .max(Comparator.comparingInt(Stint::number))
            .orElse(own);
    if (last.number() > own.number()) {
      throw new FencedOffException(
          "log %s: another process ships it since %s"
              .formatted(name, Instant.ofEpochSecond(last.second())));
    }
    requireNewest();
  }

  /// Everything before it is in the store. Segments before the one that it lies in are not needed
  /// for shipping.
  LogPosition shipped() {
    return shipped;
  }

  /// The time of the oldest record that is on its way, as records have it; 0 if there is none.
  long waitingSince() {
    return waitingSince;
  }

  long sliceCount() {
    return slices;
  }

  long byteCount() {
    return bytes;
  }
}
