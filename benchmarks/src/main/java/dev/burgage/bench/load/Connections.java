package dev.burgage.bench.load;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// Blocking calls to one server over connections that are kept and reused. For set-up and for
/// measuring single calls: cheaper and steadier than `java.net.http`. Thread-safe.
public final class Connections implements Closeable {
  private static final int READ_BYTES = 16 * 1024;

  private final URI origin;
  private final Map<String, String> headers;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  /// @param headers sent with every call
  public Connections(URI origin, Map<String, String> headers) {
    this.origin = origin;
    this.headers = Map.copyOf(headers);
  }

  /// An answer, whatever its status.
  ///
  /// @param revision the `Burgage-Revision` header, or null
  public record Answer(int status, String body, @Nullable String revision) {}

  public Answer call(String method, String path, String body) throws IOException {
    byte[] request = PreparedRequest.render(method, path, headers, body);
    try {
      return send(request);
    } catch (EOFException e) {
      // The server may close an idle connection while we take it up.
      if (method.equals("GET")) {
        return send(request);
      }
      throw e;
    }
  }

  /// @param more headers of this call beside those of all
  public Answer call(String method, String path, String body, Map<String, String> more)
      throws IOException {
    var all = new HashMap<>(headers);
    all.putAll(more);
    return send(PreparedRequest.render(method, path, all, body));
  }

  private Answer send(byte[] request) throws IOException {
    Connection connection = idle.pollFirst();
    while (connection != null && connection.wasClosed()) {
      connection.close();
      connection = idle.pollFirst();
    }
    if (connection == null) {
      connection = new Connection(origin);
    }
    try {
      Answer answer = connection.exchange(request);
      idle.addFirst(connection);
      return answer;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (Connection c = idle.pollFirst(); c != null; c = idle.pollFirst()) {
      c.close();
    }
  }

  private static final class Connection implements Closeable {
    private final SocketChannel channel;
    private final ResponseParser parser = new ResponseParser();
    private final ByteBuffer input = ByteBuffer.allocate(READ_BYTES);

    Connection(URI origin) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress(origin.getHost(), origin.getPort()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    // By the server, while it was idle: servers do that after some seconds.
    boolean wasClosed() throws IOException {
      channel.configureBlocking(false);
      try {
        input.clear();
        return channel.read(input) != 0;
      } finally {
        channel.configureBlocking(true);
      }
    }

    Answer exchange(byte[] request) throws IOException {
      ByteBuffer output = ByteBuffer.wrap(request);
      while (output.hasRemaining()) {
        channel.write(output);
      }
      parser.reset();
      do {
        input.clear();
        if (channel.read(input) < 0) {
          throw new EOFException("the server closed the connection");
        }
      } while (!parser.offer(input.flip()));
      return new Answer(
          parser.status(),
          new String(parser.body(), StandardCharsets.UTF_8),
          parser.header("burgage-revision"));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
