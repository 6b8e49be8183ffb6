package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Durable records a second through the one log, beside as many files with an fsync each, in turns
/// in the same run: `LogBench FOLDER [SECONDS [FSYNC_MILLIS [one-by-one]]]`, with the third each
/// fsync of both sides takes so much longer, as on a disk that is far away; with the fourth that
/// disk does one after the other, instead of any number side by side. docs/commit-log.md has runs.
final class LogBench {
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 3;
  private static final int ROUNDS = 3;

  private final Path folder;
  private final long nanos;
  private final SlowDisk disk;

  private LogBench(Path folder, long nanos, SlowDisk disk) {
    this.folder = folder;
    this.nanos = nanos;
    this.disk = disk;
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
    long slower = arguments.length > 2 ? Long.parseLong(arguments[2]) : 0;
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    boolean oneByOne = arguments.length > 3 && arguments[3].equals("one-by-one");
    SlowDisk disk = new SlowDisk(slower, oneByOne ? new ReentrantLock() : null);
    LogBench bench = new LogBench(folder, seconds * 1_000_000_000L, disk);
    System.out.printf(
        "records of %d pages of %d bytes, fsync %d ms slower%s%n",
        PAGES, PAGE_BYTES, slower, oneByOne ? ", one after the other" : "");
    for (int threads : new int[] {1, 32, 128}) {
      double[] log = new double[ROUNDS];
      double[] files = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        log[round] = bench.log(threads, round);
        files[round] = bench.files(threads, round);
      }
      Arrays.sort(log);
      Arrays.sort(files);
      System.out.printf(
          Locale.ROOT,
          "%3d threads: log %8.0f/s   a file each %8.0f/s   ratio %.2f%n",
          threads,
          log[ROUNDS / 2],
          files[ROUNDS / 2],
          log[ROUNDS / 2] / files[ROUNDS / 2]);
    }
  }

  private interface Writer {
    void write() throws IOException;
  }

  private interface Writers {
    Writer make(int number) throws IOException;
  }

  private double log(int threads, int round) throws Exception {
    Path where = folder.resolve("log-" + threads + "-" + round);
    double rate;
    try (CommitLog log =
        CommitLog.open(
            where, new NodeName("bench"), LogSettings.DEFAULT, Clock.systemUTC(), disk)) {
      rate = run(threads, number -> appender(log, number));
    }
    delete(where);
    return rate;
  }

  private static Writer appender(CommitLog log, int number) {
    DatabaseId database = new DatabaseId(new UUID(number, number));
    byte[] images = new byte[PAGES * PAGE_BYTES];
    new Random(number).nextBytes(images);
    Pages pages = new Pages(PAGE_BYTES, 100, new int[] {1, 2, 50}, images);
    LogRecord[] last = new LogRecord[1];
    return () -> {
      LogRecord before = last[0];
      long transaction = before == null ? 1 : before.key().transaction() + 1;
      ChainHash hash = before == null ? ChainHash.NONE : before.hash();
      RecordKey key = new RecordKey(database, 1, transaction, 0);
      LogRecord record =
          LogRecord.chained(
              new LogRecord(Kind.COMMIT, key, transaction, pages, WalPosition.NONE, hash), hash);
      last[0] = record;
      log.append(record, null).durable().join();
    };
  }

  private double files(int threads, int round) throws Exception {
    Path where = Files.createDirectories(folder.resolve("files-" + threads + "-" + round));
    double rate = run(threads, number -> fileWriter(where.resolve("f" + number)));
    delete(where);
    return rate;
  }

  // As synchronous=FULL has it: the frames of a commit at the end of the WAL, then an fsync.
  private Writer fileWriter(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    ByteBuffer frames = ByteBuffer.allocateDirect(PAGES * (PAGE_BYTES + 24));
    long[] at = new long[1];
    return () -> {
      frames.clear();
      while (frames.hasRemaining()) {
        at[0] += channel.write(frames, at[0]);
      }
      disk.slowly(() -> channel.force(false));
      if (at[0] > 4_000_000) {
        at[0] = 0; // SQLite begins a WAL anew after a checkpoint
      }
    };
  }

  private double run(int threads, Writers writers) throws Exception {
    List<Thread> running = new ArrayList<>();
    long[] counts = new long[threads];
    AtomicBoolean stop = new AtomicBoolean();
    long started = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      int number = i;
      Writer writer = writers.make(i);
      running.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!stop.get()) {
                    writer.write();
                    counts[number]++;
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    Thread.sleep(nanos / 1_000_000);
    stop.set(true);
    for (Thread thread : running) {
      thread.join();
    }
    return LongStream.of(counts).sum() * 1e9 / (System.nanoTime() - started);
  }

  private static void delete(Path where) throws IOException {
    try (var files = Files.newDirectoryStream(where)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(where);
  }

  /// The machine's own disk with a slower fsync.
  ///
  /// @param oneByOne null if it does any number of them side by side
  private record SlowDisk(long millis, @Nullable Lock oneByOne) implements LogDisk {
    interface Force {
      void run() throws IOException;
    }

    void slowly(Force force) throws IOException {
      if (oneByOne == null) {
        forceAndSleep(force);
        return;
      }
      oneByOne.lock();
      try {
        forceAndSleep(force);
      } finally {
        oneByOne.unlock();
      }
    }

    private void forceAndSleep(Force force) throws IOException {
      force.run();
      if (millis > 0) {
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public LogFile open(Path path) throws IOException {
      LogFile real = LogDisk.real().open(path);
      return new LogFile() {
        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
          real.write(bytes, at);
        }

        @Override
        public void force() throws IOException {
          slowly(real::force);
        }

        @Override
        public void truncate(long size) throws IOException {
          real.truncate(size);
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }

    @Override
    public long usableBytes(Path folder) throws IOException {
      return LogDisk.real().usableBytes(folder);
    }
  }
}
