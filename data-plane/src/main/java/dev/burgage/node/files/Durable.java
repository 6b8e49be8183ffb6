package dev.burgage.node.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Steps on files that outlast a power cut.
final class Durable {
  private Durable() {}

  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(/* metaData= */ true);
    }
  }

  /// @param folder the folder of `to`
  static void move(Path from, Path folder, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(folder);
  }

  /// A copy that is on the disk when this returns. Never of a database that SQLite has open:
  /// closing any other descriptor of such a file drops SQLite's locks on it.
  static void copy(Path from, Path to) throws IOException {
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long size = source.size();
      for (long at = 0; at < size; ) {
        at += source.transferTo(at, size - at, target);
      }
      target.force(/* metaData= */ true);
    }
  }
}
