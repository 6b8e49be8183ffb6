package dev.burgage.control.metadata;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A copy of some metadata, for those who ask for it with each request: at most a second old, or
/// the last one there was while PostgreSQL is away. Thread-safe.
///
/// @param <T> what is copied, immutable
public final class MetadataCopy<T> {
  private static final Duration AGE_MAX = Duration.ofSeconds(1);

  private final Clock clock;
  private final Reading<T> reading;
  private final AtomicLong changes = new AtomicLong();
  private volatile @Nullable Read<T> last;

  /// Reads from PostgreSQL.
  @FunctionalInterface
  public interface Reading<T> {
    /// @param known what was read last; may be returned if it is still right
    T read(@Nullable T known);
  }

  // A read that was under way at a change may have missed it, whenever it ends.
  private record Read<T>(T value, long atMillis, long changesBefore) {}

  public MetadataCopy(Clock clock, Reading<T> reading) {
    this.clock = clock;
    this.reading = reading;
  }

  public MetadataCopy(Clock clock, Supplier<T> reading) {
    this(clock, _ -> reading.get());
  }

  /// @throws RuntimeException if it cannot be read and never was
  public T get() {
    Read<T> known = last;
    long now = clock.millis();
    long changesBefore = changes.get();
    if (known != null
        && known.changesBefore() == changesBefore
        && now - known.atMillis() < AGE_MAX.toMillis()) {
      return known.value();
    }
    try {
      T fresh = reading.read(known == null ? null : known.value());
      last = new Read<>(fresh, now, changesBefore);
      return fresh;
    } catch (RuntimeException e) {
      if (known == null) {
        throw e;
      }
      return known.value();
    }
  }

  /// The metadata has changed: whoever asks from now on does not get what was before.
  public void forget() {
    changes.incrementAndGet();
  }
}
