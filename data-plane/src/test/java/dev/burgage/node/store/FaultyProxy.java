package dev.burgage.node.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// A TCP proxy in front of a server that does what networks do. What it does to a connection is
/// decided when that begins.
public final class FaultyProxy implements AutoCloseable {
  /// What happens to new connections.
  public enum Fault {
    NONE,
    /// Closed at once, with a reset.
    RESET,
    /// Taken, and never answered.
    STALL,
    /// The request arrives; its answer does not.
    LOSE_ANSWER,
    /// The request arrives up to some bytes of its body.
    CUT_REQUEST,
    /// The answer ends in the middle.
    CUT_ANSWER,
    /// The answer comes when [#letAnswersGo] is called.
    LATE_ANSWER
  }

  private static final int CUT_BYTES = 700;

  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = Fault.NONE;
  private volatile CountDownLatch late = new CountDownLatch(1);

  /// @param target the server's port on this machine
  public FaultyProxy(int target) throws IOException {
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  /// From now on; connections that are open are cut, or a client would go on with those.
  public void set(Fault next) {
    fault = next;
    late = new CountDownLatch(1);
    sockets.forEach(FaultyProxy::closeQuietly);
    sockets.clear();
  }

  public void letAnswersGo() {
    late.countDown();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        sockets.add(client);
        Fault now = fault;
        Thread.ofVirtual().start(() -> serve(client, now));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client, Fault now) {
    try {
      if (now == Fault.RESET) {
        client.setSoLinger(true, 0);
        client.close();
        return;
      }
      if (now == Fault.STALL) {
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(server);
      long requestMax = now == Fault.CUT_REQUEST ? CUT_BYTES : Long.MAX_VALUE;
      Thread.ofVirtual().start(() -> copy(client, server, requestMax));
      CountDownLatch until = late;
      if (now == Fault.LATE_ANSWER) {
        until.await();
      }
      switch (now) {
        case LOSE_ANSWER -> {
          byte[] some = server.getInputStream().readNBytes(1);
          if (some.length > 0) {
            closeQuietly(client);
          }
          closeQuietly(server);
        }
        case CUT_ANSWER -> copy(server, client, CUT_BYTES);
        default -> copy(server, client, Long.MAX_VALUE);
      }
    } catch (IOException e) {
      closeQuietly(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Socket from, Socket to, long max) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      long left = max;
      while (left > 0) {
        int read = in.read(bytes, 0, (int) Math.min(bytes.length, left));
        if (read < 0) {
          break;
        }
        out.write(bytes, 0, read);
        out.flush();
        left -= read;
      }
    } catch (IOException e) {
      // one of them is gone
    }
    closeQuietly(to);
    closeQuietly(from);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    late.countDown();
    sockets.forEach(FaultyProxy::closeQuietly);
  }
}
