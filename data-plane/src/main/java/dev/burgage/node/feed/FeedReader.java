package dev.burgage.node.feed;

import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.protocol.binding.FeedCodec;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.Join;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the binding table as the control plane has it: one thread holds the stream, and takes it
/// up again after the last position whenever it breaks or is silent for too long. While the control
/// plane is away the table stays as it is.
public final class FeedReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(5);
  private static final Duration RETRY_LEAST = Duration.ofMillis(100);
  private static final Duration RETRY_MOST = Duration.ofSeconds(3);

  private final ControlPlane controlPlane;
  private final BindingTable table;
  private final FeedJournal journal;
  private final Supplier<URI> url;
  private final String orderToken;
  private final Quarantine quarantine;
  private final AtomicReference<@Nullable InputStream> stream = new AtomicReference<>();
  private final Semaphore acknowledgements = new Semaphore(0);
  private volatile long lastLineNanos = System.nanoTime();
  private volatile boolean connected;
  private volatile boolean closed;
  private @Nullable Thread reader;
  private @Nullable Thread silenceWatch;
  private @Nullable Thread acknowledger;

  /// @param data the node's data folder
  /// @param url where this node answers
  /// @param orderToken what its `/node/v1` takes
  /// @param quarantine is told to the control plane at each joining
  public FeedReader(
      ControlPlane controlPlane,
      BindingTable table,
      Path data,
      Supplier<URI> url,
      String orderToken,
      Quarantine quarantine) {
    this.controlPlane = controlPlane;
    this.table = table;
    this.journal = new FeedJournal(data);
    this.url = url;
    this.orderToken = orderToken;
    this.quarantine = quarantine;
  }

  /// Fills the table with what earlier runs left on the disk.
  public void replay() throws IOException {
    journal.replay(table);
  }

  public void start() {
    reader = Thread.ofPlatform().name("feed").daemon().start(this::read);
    silenceWatch = Thread.ofVirtual().name("feed-silence").start(this::watchSilence);
    acknowledger = Thread.ofVirtual().name("feed-acknowledger").start(this::acknowledge);
  }

  /// Whether the stream is open now.
  public boolean isConnected() {
    return connected;
  }

  /// Time since the control plane was last heard of.
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastLineNanos);
  }

  private void read() {
    long retryMillis = RETRY_LEAST.toMillis();
    while (!closed) {
      boolean heard = false;
      try (InputStream in = controlPlane.join(join())) {
        stream.set(in);
        lastLineNanos = System.nanoTime();
        LOG.info("Joined the binding stream after revision {}", table.revision());
        heard = readLines(in);
        LOG.info("The binding stream ended");
      } catch (IOException | RuntimeException e) {
        if (!closed) {
          LOG.warn("The binding stream broke, serving by what is known: {}", e.toString());
          LOG.debug("How the binding stream broke", e);
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        stream.set(null);
        connected = false;
      }
      retryMillis =
          heard ? RETRY_LEAST.toMillis() : Math.min(2 * retryMillis, RETRY_MOST.toMillis());
      pause(retryMillis);
    }
  }

  private Join join() {
    return new Join(
        url.get(),
        orderToken,
        table.isFilled() ? table.revision() : null,
        /* readsPools= */ true,
        /* readsScopes= */ true,
        quarantine.list());
  }

  private void pause(long millis) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  // Whether any position came.
  private boolean readLines(InputStream in) throws IOException {
    LineReader lines = new LineReader(in);
    boolean heard = false;
    for (byte[] line = lines.next(); line != null && !closed; line = lines.next()) {
      lastLineNanos = System.nanoTime();
      FeedMessage message = FeedCodec.decode(new String(line, StandardCharsets.UTF_8));
      table.apply(message);
      journal.append(message, table);
      if (message instanceof FeedMessage.Position) {
        heard = true;
        connected = true;
        acknowledgements.release();
      }
    }
    return heard;
  }

  // One request at a time; while it is under way newer positions replace each other.
  private void acknowledge() {
    while (!closed) {
      try {
        acknowledgements.acquire();
        acknowledgements.drainPermits();
        controlPlane.acknowledge(new Acknowledgement(table.revision(), table.tokensEdition()));
      } catch (IOException e) {
        LOG.debug("An acknowledgement did not arrive; the next one says more", e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void watchSilence() {
    while (!closed) {
      pause(1_000);
      InputStream open = stream.get();
      if (open != null && silence().compareTo(SILENCE_MAX) > 0) {
        LOG.warn("The control plane has been silent for {}; joining again", silence());
        close(open);
      }
    }
  }

  private static void close(InputStream open) {
    try {
      open.close();
    } catch (IOException e) {
      LOG.debug("The stream was broken already", e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    InputStream open = stream.get();
    if (open != null) {
      close(open);
    }
    interruptAndJoin(reader);
    interruptAndJoin(silenceWatch);
    interruptAndJoin(acknowledger);
    journal.close();
  }

  private static void interruptAndJoin(@Nullable Thread thread) {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
