package dev.burgage.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Load in a closed loop: each connection sends its next request when it has its answer. One thread
/// and a selector drive all connections, so that the generator takes little of a small machine.
public final class ClosedLoop {
  private static final long SILENCE_MILLIS_MAX = Duration.ofSeconds(60).toMillis();
  private static final int READ_BYTES = 64 * 1024;
  private static final int ERROR_CHARACTERS_MAX = 300;
  private static final long SEED = 20_26L;

  private final InetSocketAddress server;
  private final RequestSet requests;
  private final Extent extent;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final ByteBuffer input = ByteBuffer.allocateDirect(READ_BYTES);
  private final Histogram latencies = LoadResult.newHistogram();

  private long startNanos;
  private long lastAnswerNanos;
  private long sent;
  private long answered;
  private long errors;
  private int inFlight;
  private @Nullable String firstError;

  private ClosedLoop(InetSocketAddress server, RequestSet requests, Extent extent) {
    this.server = server;
    this.requests = requests;
    this.extent = extent;
  }

  /// @throws IOException if the server cannot be reached or is silent for a minute
  public static LoadResult run(URI origin, RequestSet requests, int connections, Extent extent)
      throws IOException {
    var server = new InetSocketAddress(origin.getHost(), origin.getPort());
    return new ClosedLoop(server, requests, extent).drive(connections);
  }

  private LoadResult drive(int connections) throws IOException {
    var open = new ArrayList<Connection>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        open.add(new Connection(selector));
      }
      startNanos = System.nanoTime();
      for (Connection connection : open) {
        connection.send();
      }
      while (inFlight > 0) {
        select(selector);
      }
    } finally {
      closeAll(open);
    }
    return new LoadResult(answered, errors, firstError, lastAnswerNanos - startNanos, latencies);
  }

  private void select(Selector selector) throws IOException {
    if (selector.select(SILENCE_MILLIS_MAX) == 0) {
      throw new IOException("no answer from %s for %d ms".formatted(server, SILENCE_MILLIS_MAX));
    }
    for (SelectionKey key : selector.selectedKeys()) {
      ((Connection) key.attachment()).receive();
    }
    selector.selectedKeys().clear();
  }

  private boolean goesOn(long now) {
    return sent < extent.requestsMax() && now - startNanos < extent.timeMax().toNanos();
  }

  private void fail(String what) {
    errors++;
    if (firstError == null) {
      firstError = what.substring(0, Math.min(what.length(), ERROR_CHARACTERS_MAX));
    }
  }

  private static void closeAll(List<Connection> connections) throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
  }

  private final class Connection implements Closeable {
    private final Selector selector;
    private final ResponseParser parser = new ResponseParser();
    private SocketChannel channel;
    private byte[] expected = new byte[0];
    private long sentNanos;

    Connection(Selector selector) throws IOException {
      this.selector = selector;
      this.channel = connect();
    }

    private SocketChannel connect() throws IOException {
      SocketChannel connected = SocketChannel.open(server);
      connected.setOption(StandardSocketOptions.TCP_NODELAY, true);
      connected.configureBlocking(false);
      connected.register(selector, SelectionKey.OP_READ, this);
      return connected;
    }

    // Requests are far smaller than a socket's send buffer, so the loop ends at once.
    void send() throws IOException {
      PreparedRequest request = requests.draw(random);
      expected = request.expected();
      parser.reset();
      sentNanos = System.nanoTime();
      ByteBuffer output = ByteBuffer.wrap(request.bytes());
      while (output.hasRemaining()) {
        channel.write(output);
      }
      sent++;
      inFlight++;
    }

    void receive() throws IOException {
      input.clear();
      int count = read();
      if (count < 0) {
        channel.close();
        answer(/* broken= */ true);
        return;
      }
      if (parser.offer(input.flip())) {
        answer(/* broken= */ false);
      }
    }

    private int read() {
      try {
        return channel.read(input);
      } catch (IOException e) {
        return -1;
      }
    }

    private void answer(boolean broken) throws IOException {
      long now = System.nanoTime();
      lastAnswerNanos = now;
      answered++;
      inFlight--;
      latencies.recordValue(now - sentNanos);
      if (broken) {
        fail("the server closed the connection");
        channel = connect();
      } else {
        check();
      }
      if (goesOn(now)) {
        send();
      }
    }

    private void check() throws IOException {
      if (parser.status() != 200 || !parser.bodyContains(expected)) {
        String body = new String(parser.body(), StandardCharsets.UTF_8);
        fail("HTTP %d: %s".formatted(parser.status(), body));
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
