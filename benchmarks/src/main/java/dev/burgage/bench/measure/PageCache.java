package dev.burgage.bench.measure;

import java.io.IOException;

/// What the kernel has still to write.
public final class PageCache {
  private PageCache() {}

  /// Waits until all of it is on the disk, so that what one peer has left is not written in the
  /// other's time.
  public static void writeBack() throws IOException {
    try {
      new ProcessBuilder("sync").inheritIO().start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
