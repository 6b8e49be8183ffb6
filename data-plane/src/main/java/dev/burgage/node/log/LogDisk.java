package dev.burgage.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What the log writes to, apart from it so that tests can have disks that fail and forget.
interface LogDisk {
  /// An open file of the log.
  interface LogFile extends AutoCloseable {
    /// Writes all of it.
    void write(ByteBuffer bytes, long at) throws IOException;

    /// Returns when what was written is on the disk.
    void force() throws IOException;

    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// Opens a file for writing; makes it if there is none.
  LogFile open(Path file) throws IOException;

  /// What the file system has left for this process.
  long usableBytes(Path folder) throws IOException;

  /// The machine's own.
  static LogDisk real() {
    return new LogDisk() {
      @Override
      public LogFile open(Path file) throws IOException {
        return new ChannelFile(
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      }

      @Override
      public long usableBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
      }
    };
  }

  /// A file as the operating system has it.
  record ChannelFile(FileChannel channel) implements LogFile {
    @Override
    public void write(ByteBuffer bytes, long at) throws IOException {
      long next = at;
      while (bytes.hasRemaining()) {
        next += channel.write(bytes, next);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(/* metaData= */ false);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
