package dev.burgage.node.ship;

import dev.burgage.node.files.Durable;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.threads.Threads;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's log on its way to the store: one thread ships, one merges and deletes, however many
/// databases there are. A store that fails is tried again until it answers. Thread-safe.
public final class Shipping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);
  private static final Duration COMPACT_EVERY = Duration.ofMinutes(1);
  private static final Duration RETAIN_EVERY = Duration.ofHours(1);
  private static final Duration FENCE_EVERY = Duration.ofMinutes(1);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final long RETRY_MILLIS_MIN = 200;
  private static final long RETRY_MILLIS_MAX = 30_000;

  private final CommitLog log;
  private final ShipSettings settings;
  private final Clock clock;
  private final LogName name;
  private final Shipper shipper;
  private final Compactor compactor;
  private final Retention retention;
  private final LogObjects objects;
  private final Random random = new Random();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread shippingThread;
  private final Thread compactingThread;
  private volatile Measured measured = new Measured(0, 0);
  private volatile @Nullable String failure;
  private volatile boolean isFencedOff;

  // What waited for the store when it was looked at, and what the log had written by then.
  private record Measured(long backlog, long written) {}

  /// What shipping works with.
  ///
  /// @param folder in the node's data folder: says which log this is, and holds bases while they
  ///   are made
  public record Parts(
      CommitLog log,
      NodeName node,
      Path folder,
      ObjectStore store,
      Layout layout,
      TemplateFiles templates,
      Clock clock) {}

  private Shipping(Parts parts, ShipSettings settings) throws IOException {
    this.log = parts.log();
    this.settings = settings;
    this.clock = parts.clock();
    this.name = name(parts);
    Path temporary = Files.createDirectories(parts.folder().resolve("tmp"));
    clear(temporary);
    this.shipper =
        new Shipper(
            new Shipper.Parts(log, name, parts.store(), parts.layout(), parts.templates(), clock),
            settings);
    this.objects = new LogObjects(parts.store(), parts.layout());
    this.compactor = new Compactor(parts.store(), parts.layout(), settings, temporary, clock);
    this.retention = new Retention(parts.store(), parts.layout(), settings, temporary, clock);
    this.shippingThread = Threads.daemon("log-shipper").newThread(this::ship);
    this.compactingThread = Threads.patient("log-compactor").newThread(this::compact);
  }

  /// Begins to ship. The store need not answer yet.
  ///
  /// @throws IOException if the node's own folder cannot be used
  public static Shipping start(Parts parts, ShipSettings settings) throws IOException {
    Shipping shipping = new Shipping(parts, settings);
    shipping.shippingThread.start();
    shipping.compactingThread.start();
    return shipping;
  }

  // A folder that was emptied gets another name for its log. So does one that lost only this file:
  // the log is then shipped twice, which harms nobody.
  private static LogName name(Parts parts) throws IOException {
    Files.createDirectories(parts.folder());
    Path file = parts.folder().resolve("log-id");
    if (Files.exists(file)) {
      return new LogName(parts.node(), Files.readString(file, StandardCharsets.US_ASCII).strip());
    }
    long now = parts.clock().instant().getEpochSecond();
    LogName name = LogName.begin(parts.node(), now, new Random().nextInt());
    Durable.replace(file, name.id().getBytes(StandardCharsets.US_ASCII));
    return name;
  }

  private static void clear(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private void ship() {
    long retryMillis = RETRY_MILLIS_MIN;
    Instant fenceChecked = clock.instant();
    long checked = 0;
    while (closing.getCount() > 0 && !isFencedOff) {
      try {
        boolean hasMore = shipper.ship();
        if (failure != null) {
          LOG.info("The log is shipped again");
        }
        failure = null;
        measure();
        if (shipper.sliceCount() != checked
            && clock.instant().isAfter(fenceChecked.plus(FENCE_EVERY))) {
          shipper.checkStint();
          checked = shipper.sliceCount();
          fenceChecked = clock.instant();
        }
        retryMillis = RETRY_MILLIS_MIN;
        gather(hasMore);
      } catch (FencedOffException e) {
        isFencedOff = true;
        failure = e.getMessage();
        LOG.error("The log is not shipped any more", e);
      } catch (IOException | RuntimeException e) {
        failed(e);
        await(retryMillis / 2 + random.nextLong(retryMillis / 2));
        retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
      }
    }
  }

  // What comes while a slice is written waits for the next, or each commit would be one.
  private void gather(boolean hasMore) {
    if (hasMore && backlog() >= settings.sliceBytesMax()) {
      return;
    }
    long restMillis = settings.sliceAge().toMillis();
    do {
      long millis = Math.min(restMillis, LOOK_EVERY.toMillis());
      if (await(millis)) {
        return;
      }
      restMillis -= millis;
    } while (restMillis > 0 && backlog() < settings.sliceBytesMax());
  }

  private void failed(Exception cause) {
    try {
      measure();
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
    if (failure == null) {
      LOG.warn("The log is not shipped now; it is tried again until it is", cause);
    }
    failure = String.valueOf(cause.getMessage());
  }

  private void measure() throws IOException {
    long written = log.byteCount();
    measured = new Measured(log.bytesSince(shipper.shipped()), written);
  }

  private long backlog() {
    Measured last = measured;
    return last.backlog() + log.byteCount() - last.written();
  }

  // A node to which nothing is written asks the store for nothing but once an hour.
  private void compact() {
    Instant all = Instant.EPOCH;
    long merged = 0;
    while (!await(COMPACT_EVERY.toMillis()) && !isFencedOff) {
      try {
        long slices = shipper.sliceCount();
        if (slices != merged) {
          compact(name);
          merged = slices;
        }
        if (clock.instant().isAfter(all.plus(RETAIN_EVERY))) {
          for (LogName one : objects.logs(name.node())) {
            compact(one);
            retention.run(one);
          }
          all = clock.instant();
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("What is in the store is not merged now: {}", e.toString());
      }
    }
  }

  private void compact(LogName log) throws IOException {
    while (closing.getCount() > 0 && compactor.compact(log)) {
      // until nothing is due
    }
  }

  // Whether this is being closed.
  private boolean await(long millis) {
    try {
      return closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing.countDown();
      return true;
    }
  }

  /// Whether a write may be taken: false when more of the log waits for the store than the budget
  /// allows. Two volatile reads.
  public boolean hasRoom() {
    return backlog() <= settings.backlogBytesMax();
  }

  /// How far the store is behind.
  public Lag lag() {
    long since = shipper.waitingSince();
    long seconds = since == 0 ? 0 : clock.instant().getEpochSecond() - Times.second(since);
    return new Lag(backlog(), Math.max(0, seconds));
  }

  /// Everything before it is in the store: segments before that one are not needed for shipping.
  public LogPosition shipped() {
    return shipper.shipped();
  }

  /// Why nothing is shipped now; null if all is well.
  public @Nullable String failure() {
    return failure;
  }

  /// What was found damaged in the store while it was merged, the last of it.
  public @Nullable String damage() {
    return compactor.damage();
  }

  /// Slices that this process has shipped.
  public long sliceCount() {
    return shipper.sliceCount();
  }

  /// Bytes of them, packed.
  public long byteCount() {
    return shipper.byteCount();
  }

  /// Which log this is in the store.
  public LogName name() {
    return name;
  }

  /// Stops without shipping what waits: it is in the log.
  @Override
  public void close() {
    closing.countDown();
    Threads.join(shippingThread, compactingThread);
  }
}
