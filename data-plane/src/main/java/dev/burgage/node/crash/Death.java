package dev.burgage.node.crash;

import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How the process before this one ended, if it was not told to: what [Evidence] it left.
///
/// @param at when it was last seen alive
/// @param running what was inside SQLite then
/// @param crashedThread the thread that ended it, by the JVM's own crash log; empty if it was
///   killed
/// @param blamed the statement because of which it ended itself, null if it did not
record Death(
    long pid,
    Instant at,
    List<Running> running,
    OptionalLong crashedThread,
    @Nullable Running blamed) {
  /// A shorter one may be anybody's: on a busy node some statement always runs when it is killed.
  static final Duration SUSPICIOUS = Duration.ofSeconds(1);

  Death {
    running = List.copyOf(running);
  }

  /// A statement that was inside SQLite.
  ///
  /// @param thread the operating system's number, or 0
  /// @param sql its first 2,000 characters
  /// @param own whether it was work of our own on the database, such as an export
  record Running(
      DatabaseId database, long generation, Instant began, long thread, String sql, boolean own) {}

  /// @param folder the node's
  /// @return null if the process before stopped in order, there was none, or the whole machine died
  static @Nullable Death read(Path folder) throws IOException {
    Path path = folder.resolve(Evidence.FILE);
    if (!Files.exists(path)) {
      return null;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return isOfAProcessThatDied(file) ? read(folder, file) : null;
    }
  }

  // A file without its mark, or too short, is of a process that died while it began the file.
  private static boolean isOfAProcessThatDied(MemorySegment file) {
    return file.byteSize() >= Evidence.HEAD_BYTES
        && file.get(Evidence.NUMBER, Evidence.MAGIC_AT) == Evidence.MAGIC
        && file.get(Evidence.NUMBER, Evidence.STATE_AT) == Evidence.RUNNING
        && file.asSlice(Evidence.BOOT_AT, Evidence.BOOT_BYTES_MAX)
            .getString(0)
            .equals(Evidence.bootId());
  }

  private static Death read(Path folder, MemorySegment file) throws IOException {
    List<Running> running = new ArrayList<>();
    Running blamed = null;
    long places = (file.byteSize() - Evidence.HEAD_BYTES) / Evidence.PLACE_BYTES;
    for (long i = 0; i < places; i++) {
      MemorySegment place =
          file.asSlice(Evidence.HEAD_BYTES + i * Evidence.PLACE_BYTES, Evidence.PLACE_BYTES);
      if (place.get(Evidence.NUMBER, Evidence.TAKEN) != 0) {
        Running statement = statement(place);
        running.add(statement);
        blamed = i + 1 == file.get(Evidence.NUMBER, Evidence.BLAMED_AT) ? statement : blamed;
      }
    }
    long pid = file.get(Evidence.NUMBER, Evidence.PID_AT);
    Instant started = Instant.ofEpochMilli(file.get(Evidence.NUMBER, Evidence.STARTED_AT));
    Instant at = Instant.ofEpochMilli(file.get(Evidence.NUMBER, Evidence.ALIVE_AT));
    return new Death(pid, at, running, CrashLog.thread(folder, pid, started), blamed);
  }

  private static Running statement(MemorySegment place) {
    String sql = place.getString(Evidence.SQL);
    UUID database =
        new UUID(
            place.get(Evidence.NUMBER, Evidence.DATABASE),
            place.get(Evidence.NUMBER, Evidence.DATABASE + 8));
    return new Running(
        new DatabaseId(database),
        place.get(Evidence.NUMBER, Evidence.GENERATION),
        Instant.ofEpochMilli(place.get(Evidence.NUMBER, Evidence.BEGAN)),
        place.get(Evidence.NUMBER, Evidence.THREAD),
        sql.isEmpty() ? "(its transaction began)" : sql,
        place.get(Evidence.NUMBER, Evidence.TAKEN) == Evidence.OWN);
  }

  Duration ran(Running statement) {
    Duration ran = Duration.between(statement.began(), at);
    return ran.isNegative() ? Duration.ZERO : ran;
  }

  /// The statements that may have ended the process. If it ended itself: the one it blamed. If it
  /// crashed: the one on the thread that crashed, and no other. If it was killed (out of memory, a
  /// probe, an operator): those that had run for long, but not work of our own, which takes long by
  /// itself.
  List<Running> suspects() {
    if (blamed != null) {
      return List.of(blamed);
    }
    if (crashedThread.isPresent()) {
      long thread = crashedThread.getAsLong();
      return running.stream().filter(statement -> statement.thread() == thread).toList();
    }
    return running.stream()
        .filter(statement -> !statement.own() && ran(statement).compareTo(SUSPICIOUS) >= 0)
        .toList();
  }
}
