package dev.burgage.node.feed;

import dev.burgage.node.binding.BindingTable;
import dev.burgage.protocol.binding.FeedCodec;
import dev.burgage.protocol.binding.FeedMessage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The lines of the feed that this node has taken in, on its disk: a node that starts while the
/// control plane is away serves by them. When a whole snapshot came, or the file grew to several
/// times what the table holds, it is written anew from the table and takes the old one's place by
/// rename. Used by the feed's thread only.
final class FeedJournal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedJournal.class);
  private static final long GROWTH_BYTES_LEAST = 8L * 1024 * 1024;

  private final Path file;
  private @Nullable OutputStream out;
  private long wholeBytes;
  private long grownBytes;
  private boolean changed;
  private boolean snapshot;

  FeedJournal(Path data) {
    this.file = data.resolve("bindings.ndjson");
  }

  /// Applies what earlier runs left. Changes count up to the last whole position; what comes after
  /// it is dropped, because the stream will send it again.
  void replay(BindingTable table) throws IOException {
    if (Files.exists(file)) {
      List<FeedMessage> group = new ArrayList<>();
      try (LineReader lines = new LineReader(Files.newInputStream(file))) {
        FeedMessage message = decode(lines.next());
        while (message != null) {
          group.add(message);
          if (message instanceof FeedMessage.Position) {
            group.forEach(table::apply);
            group.clear();
          }
          message = decode(lines.next());
        }
      }
    }
    if (table.isFilled()) {
      rewrite(table);
    } else {
      Files.deleteIfExists(file);
    }
  }

  private static @Nullable FeedMessage decode(byte @Nullable [] line) {
    try {
      return line == null ? null : FeedCodec.decode(new String(line, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      LOG.warn("The binding journal has a damaged line; it is used up to there", e);
      return null;
    }
  }

  /// Keeps a message that the table has taken in. What is kept outlives this process from the next
  /// position on, and a power cut from a little later.
  void append(FeedMessage message, BindingTable table) throws IOException {
    boolean position = message instanceof FeedMessage.Position;
    snapshot |= message instanceof FeedMessage.SnapshotStart;
    if (position && !changed) {
      return; // a sign of life only
    }
    changed = !position;
    if (position && (snapshot || grownBytes > Math.max(GROWTH_BYTES_LEAST, 3 * wholeBytes))) {
      rewrite(table);
    } else if (!snapshot) {
      write(message);
      if (position) {
        appending().flush();
      }
    }
  }

  private void write(FeedMessage message) throws IOException {
    byte[] line = FeedCodec.encode(message);
    appending().write(line);
    grownBytes += line.length;
  }

  private OutputStream appending() throws IOException {
    OutputStream open = out;
    if (open == null) {
      open =
          new BufferedOutputStream(
              Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
      out = open;
    }
    return open;
  }

  private void rewrite(BindingTable table) throws IOException {
    close();
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (OutputStream written = new BufferedOutputStream(Files.newOutputStream(next))) {
      table.forEachMessage(message -> writeTo(written, message));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(/* metaData= */ true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    wholeBytes = Files.size(file);
    grownBytes = 0;
    snapshot = false;
    changed = false;
  }

  private static void writeTo(OutputStream written, FeedMessage message) {
    try {
      written.write(FeedCodec.encode(message));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
