package dev.burgage.bench.peer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A disk whose flush takes longer, for one process that is started with [#environment]: its calls
/// of `fsync` and the like go through `benchmarks/peers/slow-flush`, which counts them, and sleeps
/// as long as is wished at the moment.
public final class SlowFlush implements Closeable {
  private static final int BYTES = 16;
  private static final int CALLS_AT = 8;

  private final Path library;
  private final Path file;
  private final FileChannel settings;

  private SlowFlush(Path library, Path file) throws IOException {
    this.library = library;
    this.file = file;
    this.settings =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    write(0, new byte[BYTES]);
  }

  /// Compiles the library with the machine's `cc`.
  ///
  /// @return empty if there is none, or it cannot
  public static Optional<Path> compile(Workplace workplace) throws IOException {
    Path source = workplace.root().resolve("benchmarks/peers/slow-flush/slow_flush.c");
    Path library = workplace.makeFolder("slow-flush").resolve("slow_flush.so");
    var command =
        List.of("cc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString());
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      return status == 0 ? Optional.of(library) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// @param library compiled
  /// @param folder the process's own
  public static SlowFlush in(Path folder, Path library) throws IOException {
    return new SlowFlush(library, Files.createTempFile(folder, "slow-flush-", ""));
  }

  /// What the process is to be started with.
  public Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "SLOW_FLUSH", file.toString());
  }

  /// @param micros that each flush takes longer from now on
  /// @param oneByOne whether a flush waits for the one before
  public void set(int micros, boolean oneByOne) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CALLS_AT).order(ByteOrder.LITTLE_ENDIAN);
    write(0, bytes.putInt(micros).putInt(oneByOne ? 1 : 0).array());
  }

  private void write(long at, byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      settings.write(out, at + out.position());
    }
  }

  /// Flushes since the process began.
  public long calls() throws IOException {
    ByteBuffer in = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      if (settings.read(in, CALLS_AT + in.position()) < 0) {
        throw new IOException(file + " became shorter");
      }
    }
    return in.getLong(0);
  }

  @Override
  public void close() throws IOException {
    settings.close();
  }
}
