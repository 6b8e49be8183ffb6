package dev.burgage.node.crash;

import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Says in a file what runs inside SQLite at this moment. The file is mapped into memory: what is
/// stored there belongs to the operating system at once and outlives this process, however it ends.
/// Nothing is synced; a machine that dies has no use for it. Thread-safe.
///
/// One page of head, then a place for each statement that may run at once; numbers in the machine's
/// own byte order, see the constants.
public final class Evidence implements AutoCloseable {
  static final String FILE = "running";
  static final long MAGIC = 0x3152554e47525542L; // "BURGNUR1"

  static final long MAGIC_AT = 0;
  static final long STATE_AT = 8;
  static final long PID_AT = 16;
  static final long STARTED_AT = 24;
  static final long ALIVE_AT = 32;
  static final long PLACES_AT = 40;
  static final long BOOT_AT = 48;
  static final long BOOT_BYTES_MAX = 64;
  static final long BLAMED_AT = 112;
  static final long HEAD_BYTES = 4_096;

  static final long RUNNING = 1;
  static final long STOPPING = 2;

  static final long STATEMENT = 1;
  static final long OWN = 2;

  // Of each place. It is taken when the first number is not 0, and that one is written last.
  static final long TAKEN = 0;
  static final long BEGAN = 8;
  static final long DATABASE = 16;
  static final long GENERATION = 32;
  static final long THREAD = 40;
  static final long SQL = 48;
  static final int SQL_CHARACTERS_MAX = 2_000;
  static final long PLACE_BYTES = 6_144; // three bytes a character and a zero

  static final ValueLayout.OfLong NUMBER = ValueLayout.JAVA_LONG;
  private static final VarHandle ORDERED = NUMBER.varHandle();
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path path;
  private final MemorySegment file;
  private final Clock clock;
  private final Mark[] marks;

  private Evidence(Path path, MemorySegment file, int places, Clock clock) {
    this.path = path;
    this.clock = clock;
    this.file = file;
    this.marks = new Mark[places];
    for (int i = 0; i < places; i++) {
      marks[i] =
          new Mark(file, i + 1, file.asSlice(HEAD_BYTES + i * PLACE_BYTES, PLACE_BYTES), clock);
    }
  }

  /// Starts a file of this process in a node's folder, in the place of the one that was left there;
  /// [Quarantine#open] has read that one.
  ///
  /// @param places statements that run at once at most
  public static Evidence begin(Path folder, int places, Clock clock) throws IOException {
    Path path = folder.resolve(FILE);
    Files.deleteIfExists(path); // never truncated: another mapping of it may still be there
    MemorySegment file;
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      long bytes = HEAD_BYTES + places * PLACE_BYTES;
      fill(channel, bytes);
      file = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
    }
    long now = clock.millis();
    file.set(NUMBER, PID_AT, ProcessHandle.current().pid());
    file.set(NUMBER, STARTED_AT, now);
    file.set(NUMBER, ALIVE_AT, now);
    file.set(NUMBER, PLACES_AT, places);
    file.set(NUMBER, STATE_AT, RUNNING);
    file.setString(BOOT_AT, bootId());
    file.set(NUMBER, MAGIC_AT, MAGIC);
    return new Evidence(path, file, places, clock);
  }

  // A hole that the disk has no room for would be found by a store into the mapping: SIGBUS.
  private static void fill(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate((int) HEAD_BYTES);
    while (channel.position() < bytes) {
      channel.write(zeros.clear().limit((int) Math.min(HEAD_BYTES, bytes - channel.position())));
    }
  }

  /// Changes at each start of the machine; empty where there is no such thing.
  static String bootId() {
    try {
      return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return ""; // no Linux
    }
  }

  /// This process is alive at this moment: that is how the next one knows when it died.
  public void alive() {
    file.set(NUMBER, ALIVE_AT, clock.millis());
  }

  /// A place for the statements of one request; to be left by its holder.
  ///
  /// @throws IllegalStateException if more requests run than there are places
  public Mark take() {
    Mark mark = takeIfFree();
    if (mark == null) {
      throw new IllegalStateException(
          "more than %d requests run inside SQLite".formatted(marks.length));
    }
    return mark;
  }

  /// A place for work of our own, to which no limit holds; null if there is none.
  public @Nullable Mark takeIfFree() {
    int from = (int) (Thread.currentThread().threadId() % marks.length);
    for (int i = 0; i < marks.length; i++) {
      Mark mark = marks[(from + i) % marks.length];
      if (mark.taken.compareAndSet(/* expectedValue= */ false, /* newValue= */ true)) {
        return mark;
      }
    }
    return null;
  }

  /// From now on whatever ends this process is no sign against a statement: it is told to end.
  public void stopping() {
    file.set(NUMBER, STATE_AT, STOPPING);
  }

  /// Removes the file: the process ends as it should.
  @Override
  public void close() throws IOException {
    stopping();
    Files.deleteIfExists(path);
  }

  /// A place in the file, held by one request at a time.
  public static final class Mark {
    private final MemorySegment file;
    private final long number;
    private final MemorySegment place;
    private final Clock clock;
    private final AtomicBoolean taken = new AtomicBoolean();

    private Mark(MemorySegment file, long number, MemorySegment place, Clock clock) {
      this.file = file;
      this.number = number;
      this.place = place;
      this.clock = clock;
    }

    /// A statement is about to enter SQLite, on this thread.
    public void running(DatabaseId database, long generation, String sql) {
      write(STATEMENT, database, generation, sql);
    }

    /// The same for work of our own, which is nobody's fault if the node is killed meanwhile.
    ///
    /// @param what for people
    public void runningOwn(DatabaseId database, long generation, String what) {
      write(OWN, database, generation, what);
    }

    private void write(long kind, DatabaseId database, long generation, String sql) {
      ORDERED.setRelease(place, TAKEN, 0L);
      place.set(NUMBER, BEGAN, clock.millis());
      place.set(NUMBER, DATABASE, database.value().getMostSignificantBits());
      place.set(NUMBER, DATABASE + 8, database.value().getLeastSignificantBits());
      place.set(NUMBER, GENERATION, generation);
      place.set(NUMBER, THREAD, NativeThread.id());
      boolean whole = sql.length() <= SQL_CHARACTERS_MAX;
      place.setString(SQL, whole ? sql : sql.substring(0, SQL_CHARACTERS_MAX));
      ORDERED.setRelease(place, TAKEN, kind);
    }

    /// This process is about to end itself because of what runs here, and of nothing else.
    public void blame() {
      file.set(NUMBER, BLAMED_AT, number);
    }

    /// Nothing of the request is inside SQLite any more.
    public void leave() {
      ORDERED.setRelease(place, TAKEN, 0L);
      taken.set(false);
    }
  }
}
