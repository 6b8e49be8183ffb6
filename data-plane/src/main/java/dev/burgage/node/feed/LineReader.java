package dev.burgage.node.feed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Whole lines of a stream, bounded in length, with the position behind the last one.
final class LineReader implements AutoCloseable {
  private static final int LINE_BYTES_MAX = 16 * 1024 * 1024;

  private final InputStream in;
  private long position;

  LineReader(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /// @return null at the end; what stands there without a line feed is no line
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        position += line.size() + 1;
        return line.toByteArray();
      }
      if (line.size() == LINE_BYTES_MAX) {
        throw new IOException("a line is longer than " + LINE_BYTES_MAX + " bytes");
      }
      line.write(b);
    }
    return null;
  }

  /// Bytes up to and with the last line.
  long position() {
    return position;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
