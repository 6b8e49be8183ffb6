package dev.burgage.control.metadata;

import dev.burgage.control.folder.DataFolder;
import dev.burgage.control.folder.StartRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One PostgreSQL server of our own in a folder: `data/` (the cluster), `port`, `password` and
/// `server.log`. It listens on the loopback address only and takes the password only.
///
/// `pg_ctl` starts it in a session of its own, so neither a Ctrl-C in our terminal nor our own
/// death reaches it. A server that outlived us is found by its `postmaster.pid` and used again;
/// asking for another port then would hang, which is why the port is kept in a file. Methods are
/// synchronized: the watcher starts while the application may stop.
final class PostgresServer implements AutoCloseable {
  static final String USER = "burgage";
  static final String DATABASE = "burgage";

  private static final Duration START_LONGEST = Duration.ofSeconds(60);
  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

  private final Path home;
  private final Path data;
  private final List<String> settings;
  private final PostgresPrograms programs;
  private boolean started;
  private boolean closed;

  /// @param settings `name=value` each, beside our own
  PostgresServer(Path home, Path binaries, List<String> settings) {
    this.home = home.toAbsolutePath();
    this.data = this.home.resolve("data");
    this.settings = List.copyOf(settings);
    try {
      Files.createDirectories(this.home);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + this.home, e);
    }
    this.programs =
        new PostgresPrograms(PostgresBinaries.unpack(binaries), home.resolve("programs.log"));
  }

  /// Returns when the server answers: the one that is there, or one started now.
  synchronized void start() {
    if (closed) {
      return;
    }
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      initialize();
    }
    boolean adopted = isAlive();
    if (!adopted && !started && !isFree(port())) {
      choosePort();
    }
    awaitAnswer();
    started = true;
    createDatabase();
    LOG.info("PostgreSQL {} on port {} ({})", adopted ? "found running" : "started", port(), home);
  }

  /// Whether the server's process lives. It may still be starting.
  boolean isAlive() {
    return postmaster()
        .filter(ProcessHandle::isAlive)
        .map(process -> process.info().command().orElse("").endsWith("postgres"))
        .orElse(false);
  }

  Optional<ProcessHandle> postmaster() {
    return pidFile().stream().findFirst().map(String::strip).flatMap(PostgresServer::process);
  }

  private static Optional<ProcessHandle> process(String pid) {
    try {
      return ProcessHandle.of(Long.parseLong(pid));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  String url() {
    return url(DATABASE);
  }

  String password() {
    return read(home.resolve("password"));
  }

  int port() {
    return Integer.parseInt(read(home.resolve("port")));
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (isAlive()
        && programs.run("pg_ctl", List.of("-D", data.toString(), "-m", "fast", "-w", "stop"))
            != 0) {
      LOG.warn("PostgreSQL in {} did not stop: {}", home, programs.output());
    }
  }

  // Into a folder of another name first: a cluster that is there is whole.
  private void initialize() {
    Path fresh = home.resolve("data.new");
    try {
      deleteTree(fresh);
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      DataFolder.writeSecret(
          home.resolve("password"), Base64.getUrlEncoder().withoutPadding().encodeToString(random));
      LOG.info("Making a PostgreSQL cluster in {}", data);
      int status =
          programs.run(
              "initdb",
              List.of(
                  "--pgdata=" + fresh,
                  "--username=" + USER,
                  "--pwfile=" + home.resolve("password"),
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  "--locale=C",
                  "--data-checksums"));
      if (status != 0) {
        throw new StartRefused(
            "PostgreSQL's initdb failed in %s: %s".formatted(home, programs.output()));
      }
      choosePort();
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartRefused("cannot make a PostgreSQL cluster in %s: %s".formatted(home, e), e);
    }
  }

  private void choosePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(home.resolve("port"), socket.getLocalPort() + "\n");
    } catch (IOException e) {
      throw new StartRefused("cannot choose a port for PostgreSQL in %s: %s".formatted(home, e), e);
    }
  }

  // Asked before the first start only: later the connection pool relies on the port.
  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  // A start may fail while processes of a killed server still hold its shared memory: try again.
  private void awaitAnswer() {
    long deadline = System.nanoTime() + START_LONGEST.toNanos();
    String reason = "it does not answer";
    while (!answers()) {
      if (System.nanoTime() > deadline) {
        throw new StartRefused(
            "PostgreSQL in %s does not start: %s; see server.log there, or name a server with BURGAGE_METADATA_URL"
                .formatted(home, reason));
      }
      if (!isAlive() && launch() != 0) {
        reason = programs.output();
        LOG.debug("pg_ctl start: {}", reason);
      }
      pause();
    }
  }

  private int launch() {
    var options = new StringBuilder("-p " + port() + " -c listen_addresses=127.0.0.1");
    options.append(" -c unix_socket_directories= -c max_connections=100 -c jit=off");
    for (String setting : settings) {
      options.append(" -c ").append(setting);
    }
    return programs.run(
        "pg_ctl",
        List.of(
            "-D",
            data.toString(),
            "-l",
            home.resolve("server.log").toString(),
            "-o",
            options.toString(),
            "-t",
            "30",
            "-w",
            "start"));
  }

  private boolean answers() {
    try (Connection connection = connect("postgres")) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private void createDatabase() {
    try (Connection connection = connect("postgres");
        var exists = connection.prepareStatement("select 1 from pg_database where datname = ?");
        var create = connection.prepareStatement("create database " + DATABASE)) {
      exists.setString(1, DATABASE);
      if (!exists.executeQuery().next()) {
        create.execute();
      }
    } catch (SQLException e) {
      throw new StartRefused("cannot make the metadata database: " + e.getMessage(), e);
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        url(database) + "?connectTimeout=5&socketTimeout=20", USER, password());
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(), database);
  }

  private List<String> pidFile() {
    try {
      return Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read postmaster.pid in " + data, e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(100));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while PostgreSQL started", e);
    }
  }
}
