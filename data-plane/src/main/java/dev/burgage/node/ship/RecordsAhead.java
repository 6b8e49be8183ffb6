package dev.burgage.node.ship;

import dev.burgage.node.log.ChainHash;
import dev.burgage.node.log.LogDamagedException;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The records of one database in many objects, read and proven by other threads before they are
/// asked for: the sums of objects, the records' own and their chain, and the unpacking, are most of
/// what a restore costs. For one thread, which gets them in order.
///
/// What was read for nothing, because the goal was reached before it, fails for nothing, too: a
/// failure is told when its record is asked for. At most some 50 MiB are held, whatever there is.
final class RecordsAhead implements AutoCloseable {
  private static final int THREADS = 2;
  // At least one run; a run has at most the bytes of one object.
  private static final long FETCHED_BYTES_MAX = 16L * 1024 * 1024;
  private static final long UNPACKED_BYTES_MAX = 8L * 1024 * 1024;
  private static final int BATCH_BYTES = 512 * 1024;

  private final RunReader reader;
  private final DatabaseId database;
  private final Iterator<ObjectPart> parts;
  private final IndexAhead indexes;
  private final Deque<PartAhead> planned = new ArrayDeque<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("records-ahead-", 1).factory());
  private long fetchedBytes;
  private long unpackedBytes;
  // Of the last record that was given to be unpacked.
  private @Nullable ChainHash stated;

  /// Is given records.
  @FunctionalInterface
  interface Visitor {
    void visit(Run run, Followed record) throws IOException;
  }

  /// @param parts in the order in which they will be asked for
  RecordsAhead(RunReader reader, DatabaseId database, List<ObjectPart> parts) {
    this.reader = reader;
    this.database = database;
    this.parts = parts.iterator();
    this.indexes = new IndexAhead(reader, parts);
  }

  /// A part's runs of the database.
  ///
  /// @param failure why they are not known; null if they are
  private record PartAhead(
      ObjectPart object, Deque<RunAhead> runs, @Nullable IOException failure) {}

  /// Bytes of a run, proven by its sum, and where its records are.
  private record Split(byte[] bytes, List<Batch> batches) {}

  /// Records that are unpacked in one go.
  ///
  /// @param last the hash that the last of them says that it has
  private record Batch(int from, int to, long imageBytes, ChainHash last) {}

  private record Unpacking(Future<List<Followed>> records, long bytes) {}

  private static final class RunAhead {
    private final ObjectPart part;
    private final Run run;
    private final Future<Split> fetched;
    private final Deque<Unpacking> unpacking = new ArrayDeque<>();
    private int begun;

    RunAhead(ObjectPart part, Run run, Future<Split> fetched) {
      this.part = part;
      this.run = run;
      this.fetched = fetched;
    }
  }

  /// Gives the records of the next part.
  ///
  /// @param isWanted is asked before each run of the database, when all before it was given
  void read(Predicate<Run> isWanted, Visitor visitor) throws IOException {
    plan();
    PartAhead part = planned.getFirst();
    if (part.failure() != null) {
      throw part.failure();
    }
    for (RunAhead run = part.runs().peek(); run != null; run = part.runs().peek()) {
      if (isWanted.test(run.run)) {
        give(run, visitor);
      }
      forget(run);
      part.runs().remove();
      plan();
    }
    planned.remove();
  }

  private void give(RunAhead run, Visitor visitor) throws IOException {
    Split split = get(run.fetched);
    for (int i = 0; i < split.batches().size(); i++) {
      unpack();
      Unpacking next = run.unpacking.remove();
      unpackedBytes -= next.bytes();
      for (Followed record : get(next.records())) {
        visitor.visit(run.run, record);
      }
    }
  }

  private void forget(RunAhead run) {
    fetchedBytes -= run.run.length();
    run.unpacking.forEach(left -> unpackedBytes -= left.bytes());
  }

  private void plan() {
    while (parts.hasNext() && (planned.isEmpty() || fetchedBytes < FETCHED_BYTES_MAX)) {
      planned.add(next(parts.next()));
    }
  }

  private PartAhead next(ObjectPart part) {
    Deque<RunAhead> runs = new ArrayDeque<>();
    try {
      for (Run run : indexes.next()) {
        if (run.database().equals(database)) {
          fetchedBytes += run.length();
          runs.add(new RunAhead(part, run, threads.submit(() -> split(part, run))));
        }
      }
      return new PartAhead(part, runs, null);
    } catch (IOException e) {
      return new PartAhead(part, runs, e);
    }
  }

  private Split split(ObjectPart part, Run run) throws IOException {
    byte[] bytes = reader.bytes(part, run);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<Batch> batches = new ArrayList<>();
    int from = 0;
    long images = 0;
    for (int at = 0; at < bytes.length; ) {
      RecordBytes.Extent record = extent(part, run, in, at);
      at += record.length();
      images += record.imageBytes();
      if (images >= BATCH_BYTES || at == bytes.length) {
        batches.add(new Batch(from, at, images, record.hash()));
        from = at;
        images = 0;
      }
    }
    return new Split(bytes, batches);
  }

  private static RecordBytes.Extent extent(ObjectPart part, Run run, ByteBuffer in, int at)
      throws ObjectDamagedException {
    try {
      return RecordBytes.extent(in, at);
    } catch (LogDamagedException e) {
      throw RunReader.damaged(part, run, at, e);
    }
  }

  // The first run was waited for; of others what is there by now.
  private void unpack() {
    for (PartAhead part : planned) {
      for (RunAhead run : part.runs()) {
        if (run.fetched.state() != Future.State.SUCCESS || !unpack(run, run.fetched.resultNow())) {
          return;
        }
      }
    }
  }

  // False: there is no room for more.
  private boolean unpack(RunAhead run, Split split) {
    while (run.begun < split.batches().size()) {
      if (unpackedBytes >= UNPACKED_BYTES_MAX) {
        return false;
      }
      Batch batch = split.batches().get(run.begun);
      ChainHash before = stated;
      run.unpacking.add(
          new Unpacking(
              threads.submit(() -> unpack(run.part, run.run, split, batch, before)),
              batch.imageBytes()));
      unpackedBytes += batch.imageBytes();
      stated = batch.last();
      run.begun++;
    }
    return true;
  }

  private static List<Followed> unpack(
      ObjectPart part, Run run, Split split, Batch batch, @Nullable ChainHash stated)
      throws IOException {
    ByteBuffer in = ByteBuffer.wrap(split.bytes(), 0, batch.to()).position(batch.from());
    List<Followed> records = new ArrayList<>();
    ChainHash before = stated;
    while (in.hasRemaining()) {
      LogRecord record = RunReader.next(part, run, in);
      records.add(run.isCollapsed() ? Followed.unknown(record) : Followed.of(record, before));
      before = record.hash();
    }
    return records;
  }

  private static <T> T get(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while records were read", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    indexes.close();
    threads.close();
  }
}
