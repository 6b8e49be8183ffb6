package dev.burgage.node.store;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real S3 server, s3proxy over a folder, as a process of its own. Buckets are folders of it.
public final class S3Server implements AutoCloseable {
  static final S3Settings.Credentials CREDENTIALS =
      new S3Settings.Credentials("local-identity", "local-credential");
  private static final int STARTS_MAX = 3;
  private static final int ANSWER_MAX = 240;

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// @param folder holds the server's files and the bucket `burgage`
  public static S3Server start(Path folder) throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(data.resolve("burgage"));
    for (int attempt = 1; ; attempt++) {
      S3Server server = launch(folder, data);
      if (server.answers()) {
        return server;
      }
      server.close();
      if (attempt == STARTS_MAX) {
        throw new IOException(
            "s3proxy does not answer:\n"
                + Files.readString(folder.resolve("s3proxy.log"), StandardCharsets.UTF_8));
      }
    }
  }

  private static S3Server launch(Path folder, Path data) throws IOException {
    int port = freePort();
    Path properties = folder.resolve("s3proxy.properties");
    Files.writeString(
        properties,
        """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        s3proxy.v4-max-non-chunked-request-size=134217728
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(port, CREDENTIALS.accessKey(), CREDENTIALS.secretKey(), data));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Path.of(System.getProperty("s3.server"), "*").toString(),
            "org.gaul.s3proxy.Main",
            "--properties",
            properties.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    return new S3Server(process, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() throws IOException, InterruptedException {
    for (int i = 0; i < ANSWER_MAX && process.isAlive(); i++) {
      try {
        HttpURLConnection connection = (HttpURLConnection) endpoint().toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(5000);
        connection.getResponseCode();
        connection.disconnect();
        return true;
      } catch (IOException e) {
        process.waitFor(250, TimeUnit.MILLISECONDS);
      }
    }
    return false;
  }

  public int port() {
    return port;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// What a client of this server needs.
  ///
  /// @param endpoint this server's, or that of a proxy before it
  public static S3Settings settings(URI endpoint, S3Settings.Limits limits) {
    return new S3Settings(endpoint, "us-east-1", "burgage", CREDENTIALS, true, limits);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
