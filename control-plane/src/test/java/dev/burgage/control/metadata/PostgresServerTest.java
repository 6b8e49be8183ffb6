package dev.burgage.control.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
  @TempDir private Path home = Path.of("");

  private PostgresServer server() {
    return new PostgresServer(
        home, TestDatabase.binaries(), List.of("fsync=on", "synchronous_commit=on"));
  }

  private static String ask(PostgresServer server, String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(server.url(), PostgresServer.USER, server.password());
        var statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (var rows = statement.getResultSet()) {
        rows.next();
        return rows.getString(1);
      }
    }
  }

  @Test
  void dataSurvivesARestartAndTheServerIsDurable() throws Exception {
    int port;
    try (PostgresServer server = server()) {
      server.start();
      ask(server, "create table kept as select 7 as x");
      assertThat(ask(server, "show fsync")).isEqualTo("on");
      assertThat(ask(server, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(server, "show listen_addresses")).isEqualTo("127.0.0.1");
      port = server.port();
    }
    try (PostgresServer server = server()) {
      assertThat(server.isAlive()).isFalse();
      server.start();
      assertThat(ask(server, "select x from kept")).isEqualTo("7");
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void aServerThatOutlivedItsStarterIsUsedAgain() throws Exception {
    PostgresServer lost = server(); // as if killed: never closed
    lost.start();
    long pid = lost.postmaster().orElseThrow().pid();

    try (PostgresServer server = server()) {
      server.start();
      assertThat(server.postmaster().orElseThrow().pid()).isEqualTo(pid);
    }
    assertThat(lost.isAlive()).isFalse();
  }

  @Test
  void aKilledServerIsStartedAgainOnItsPort() throws Exception {
    PostgresServer server = server();
    server.start();
    try (var _ = new PostgresWatcher(server)) {
      int port = server.port();
      ask(server, "create table kept as select 7 as x");
      var killed = server.postmaster().orElseThrow();
      killed.destroyForcibly();
      killed.onExit().get();

      String kept = "";
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (kept.isEmpty() && System.nanoTime() < deadline) {
        try {
          kept = ask(server, "select x from kept");
        } catch (SQLException e) {
          Thread.sleep(20);
        }
      }

      assertThat(kept).isEqualTo("7");
      assertThat(server.port()).isEqualTo(port);
      assertThat(server.postmaster().orElseThrow().pid()).isNotEqualTo(killed.pid());
    }
    assertThat(server.isAlive()).isFalse();
  }

  @Test
  void aPortThatSomebodyElseHasByNowIsGivenUp() throws Exception {
    try (PostgresServer server = server()) {
      server.start();
    }
    try (ServerSocket taken = takePort();
        PostgresServer server = server()) {
      server.start();
      assertThat(server.port()).isNotEqualTo(taken.getLocalPort());
      assertThat(ask(server, "select 1")).isEqualTo("1");
    }
  }

  private ServerSocket takePort() throws IOException {
    int port = Integer.parseInt(Files.readString(home.resolve("port")).strip());
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }

  @Test
  void archivesAreNamedByPlatformAndThereForLinux() {
    assertThat(PostgresBinaries.archive("Mac OS X", "aarch64"))
        .isEqualTo("postgres-darwin-arm_64.txz");
    for (String processor : List.of("amd64", "aarch64")) {
      String archive = PostgresBinaries.archive("Linux", processor);
      assertThat(PostgresServerTest.class.getResource("/" + archive)).as(archive).isNotNull();
    }
  }
}
