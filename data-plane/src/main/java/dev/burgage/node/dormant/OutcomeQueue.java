package dev.burgage.node.dormant;

import dev.burgage.node.files.Durable;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// What became of the woken databases of one rollout, a line each, until the control plane has
/// heard of it: `outcomes` and how many of its bytes were `told`. Nothing of it is in memory.
/// Thread-safe.
final class OutcomeQueue {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeQueue.class);
  private static final int BATCH_BYTES = 128 * 1024;
  private static final byte LINE_END = '\n';

  private final Path outcomes;
  private final Path toldFile;
  private long end;
  private long told;

  /// Cuts off what a crash has left half-written.
  ///
  /// @param folder of the rollout
  OutcomeQueue(Path folder) throws IOException {
    this.outcomes = folder.resolve("outcomes");
    this.toldFile = folder.resolve("told");
    this.told = readTold();
    try (FileChannel channel = open()) {
      end = lastLineEnd(channel);
      channel.truncate(end);
    }
    told = Math.min(told, end);
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(
        outcomes, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private long readTold() throws IOException {
    try {
      return Long.parseLong(Files.readString(toldFile));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static long lastLineEnd(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    long at = channel.size();
    while (at > 0) {
      channel.read(one.clear(), at - 1);
      if (one.get(0) == LINE_END) {
        return at;
      }
      at--;
    }
    return 0;
  }

  /// It is on the disk when this returns.
  synchronized void add(ApplyOutcome outcome) throws IOException {
    byte[] json = Json.bytes(outcome);
    ByteBuffer line = ByteBuffer.allocate(json.length + 1).put(json).put(LINE_END).flip();
    try (FileChannel channel = open()) {
      channel.truncate(end); // a write before may have failed in the middle
      channel.position(end);
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(/* metaData= */ true);
      end = channel.position();
    }
  }

  synchronized boolean isEmpty() {
    return told == end;
  }

  /// The oldest that were not told, some hundreds.
  ///
  /// @param end give it to [#told] when they were
  record Batch(List<ApplyOutcome> outcomes, long end) {}

  synchronized Batch next() throws IOException {
    byte[] read = new byte[(int) Math.min(BATCH_BYTES, end - told)];
    ByteBuffer bytes = ByteBuffer.wrap(read);
    try (FileChannel channel = open()) {
      while (bytes.hasRemaining() && channel.read(bytes, told + bytes.position()) >= 0) {
        // until it is full
      }
    }
    List<ApplyOutcome> batch = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long at = told;
    long whole = told;
    for (byte b : read) {
      at++;
      if (b == LINE_END) {
        add(line, batch);
        line.reset();
        whole = at;
      } else {
        line.write(b);
      }
    }
    return new Batch(batch, whole);
  }

  // Zeros in the place of a line: the machine died before it was on the disk. Its stamp is pending
  // then, and another line will come.
  private static void add(ByteArrayOutputStream line, List<ApplyOutcome> batch) {
    try {
      batch.add(Json.read(line.toByteArray(), ApplyOutcome.class));
    } catch (JacksonException e) {
      LOG.warn("A line of outcomes is damaged: {}", line.toString(StandardCharsets.UTF_8), e);
    }
  }

  /// They need not be told again.
  synchronized void told(long until) throws IOException {
    told = until;
    Durable.replace(toldFile, Long.toString(told).getBytes(StandardCharsets.US_ASCII));
  }

  /// None of what is here need be told.
  synchronized void drop() throws IOException {
    told(end);
  }
}
