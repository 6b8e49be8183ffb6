package dev.burgage.node.migrate;

import dev.burgage.node.files.Durable;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rollouts that this node was told to take back, with the number of that order: file
/// `taken-back`, a line each. An order to apply one of them that was decided before comes from a
/// control plane that stood still meanwhile, and must change nothing any more. Thread-safe.
public final class TakenBack {
  // No order is under way for that long: its connection and its token are gone long before.
  private static final Duration KEPT = Duration.ofDays(30);
  private static final int KEPT_MOST = 10_000;

  private final Path file;
  private final Clock clock;
  private final ConcurrentMap<UUID, Entry> rollouts = new ConcurrentHashMap<>();

  private record Entry(UUID rollout, long number, long atMillis) {
    static Entry parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Entry(
          UUID.fromString(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    String line() {
      return rollout + " " + number + " " + atMillis + "\n";
    }
  }

  /// @param data the node's data folder
  public TakenBack(Path data, Clock clock) throws IOException {
    this.file = data.resolve("taken-back");
    this.clock = clock;
    try (var lines = Files.lines(file)) {
      lines.map(Entry::parse).forEach(entry -> rollouts.put(entry.rollout(), entry));
    } catch (NoSuchFileException e) {
      return; // nothing was taken back here so far
    }
  }

  /// From now on, also after a start, orders of the rollout that were decided before are late.
  synchronized void note(UUID rollout, long number) throws IOException {
    Entry known = rollouts.get(rollout);
    if (known != null && known.number() >= number) {
      return;
    }
    Entry entry = new Entry(rollout, number, clock.millis());
    Set<Entry> kept = keptWith(entry);
    String content = kept.stream().map(Entry::line).collect(Collectors.joining());
    Durable.replace(file, content.getBytes(StandardCharsets.US_ASCII));
    rollouts.put(rollout, entry);
    rollouts.values().retainAll(kept);
  }

  private Set<Entry> keptWith(Entry entry) {
    long since = entry.atMillis() - KEPT.toMillis();
    Stream<Entry> others =
        rollouts.values().stream()
            .filter(other -> !other.rollout().equals(entry.rollout()) && other.atMillis() >= since)
            .sorted(Comparator.comparingLong(Entry::atMillis).reversed())
            .limit(KEPT_MOST);
    return Stream.concat(Stream.of(entry), others).collect(Collectors.toSet());
  }

  boolean isLate(UUID rollout, long number) {
    Entry entry = rollouts.get(rollout);
    return entry != null && number < entry.number();
  }

  /// @throws BurgageException `fenced`
  void check(UUID rollout, long number) {
    if (isLate(rollout, number)) {
      throw new BurgageException(
          ErrorCode.FENCED,
          ("rollout %s was taken back here after this order (number %d) was decided; the database"
                  + " is not changed")
              .formatted(rollout, number));
    }
  }
}
