package dev.burgage.node;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.backup.BackupCheck;
import dev.burgage.node.log.VerifyLog;
import dev.burgage.node.ship.RestoreFile;
import dev.burgage.node.ship.VerifyStore;
import dev.burgage.node.snapshot.SnapshotCommand;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Starts a node and stops it on SIGTERM or Ctrl-C. Instead, `verify-log DIR` and `verify-store
/// [STORE]` check a log or a store, `restore DATABASE FILE [MOMENT]` makes a file from a store, and
/// `snapshot` brings a tenant's database here.
public final class NodeMain {
  private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);
  private static final String OVERRUN_SECONDS = "30";
  private static final int ENDED_BY_DISK = 88;
  private static final Duration STOP_LONGEST = Duration.ofSeconds(30);

  private NodeMain() {}

  public static void main(String[] arguments) {
    if (arguments.length == 2 && arguments[0].equals("verify-log")) {
      System.exit(VerifyLog.run(Path.of(arguments[1]), System.out));
    }
    if (arguments.length > 0 && arguments.length < 3 && arguments[0].equals("verify-store")) {
      System.exit(verifyStore(arguments));
    }
    if (arguments.length > 0 && arguments[0].equals("restore")) {
      System.exit(restore(arguments));
    }
    if (arguments.length > 0 && arguments[0].equals("snapshot")) {
      String[] options = Arrays.copyOfRange(arguments, 1, arguments.length);
      String token = System.getenv().getOrDefault("BURGAGE_TOKEN", "");
      System.exit(SnapshotCommand.run(options, token, System.out));
    }
    if (arguments.length > 0) {
      fail("a node takes its settings from BURGAGE_* variables; got " + arguments[0]);
    }
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    try {
      Node node = Node.start(settings(), NodeMain::startAgain);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(node)));
      System.out.println("burgage node " + node.name() + " ready at " + node.url());
    } catch (IOException | RuntimeException e) {
      LOG.debug("The node could not be started", e);
      fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private static int verifyStore(String[] arguments) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    if (arguments.length == 2) {
      environment.put(StoreConfig.STORE, arguments[1]);
    }
    try {
      Settings settings = new Settings(environment);
      StoreConfig config = StoreConfig.of(settings, NodeConfig.data(settings));
      try (ObjectStore store = config.openExisting()) {
        return VerifyStore.run(store, config.layout(), new BackupCheck(), System.out);
      }
    } catch (IOException | IllegalArgumentException e) {
      System.out.println("burgage node verify-store: " + e.getMessage());
      return VerifyStore.DAMAGED;
    }
  }

  private static int restore(String[] arguments) {
    if (arguments.length < 3 || arguments.length > 4) {
      System.out.println("burgage node restore takes DATABASE FILE.db [MOMENT]");
      return RestoreFile.FAILED;
    }
    Settings settings = new Settings(System.getenv());
    try {
      StoreConfig config = StoreConfig.of(settings, NodeConfig.data(settings));
      Path target = Path.of(arguments[2]).toAbsolutePath().normalize();
      Path folder = target.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new IllegalArgumentException("there is no folder for " + target);
      }
      Moment to =
          arguments.length == 4 ? Moment.parse(arguments[3]) : new Moment.AtTime(Instant.now());
      try (ObjectStore store = config.openExisting()) {
        return RestoreFile.run(
            store,
            config.layout(),
            Guard.of("enforced", folder),
            DatabaseId.parse(arguments[1]),
            to,
            target,
            System.out);
      }
    } catch (IOException | IllegalArgumentException e) {
      System.out.println("burgage node restore: " + e.getMessage());
      return RestoreFile.FAILED;
    }
  }

  // A service that has a node inside must not be ended for a tenant unless it says so; a node is
  // started again.
  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(System.getenv());
    if (settings.getOrDefault(NodeConfig.OVERRUN, "").isBlank()) {
      settings.put(NodeConfig.OVERRUN, OVERRUN_SECONDS);
    }
    return settings;
  }

  // By whoever has started it. A disk that fails once more must not hold that up.
  private static void startAgain() {
    LOG.warn(
        "The disk takes files again; this process ends with status {} so that the next one takes"
            + " its commit log up",
        ENDED_BY_DISK);
    Thread.ofPlatform().daemon().start(NodeMain::haltLater);
    Thread.ofPlatform().daemon().start(() -> System.exit(ENDED_BY_DISK));
  }

  private static void haltLater() {
    try {
      Thread.sleep(STOP_LONGEST);
    } catch (InterruptedException e) {
      // nobody does; the process ends a little earlier
    }
    Runtime.getRuntime().halt(ENDED_BY_DISK);
  }

  private static void stop(Node node) {
    try {
      node.close();
    } catch (IOException | RuntimeException e) {
      LOG.error("The node could not be stopped cleanly", e);
    }
  }

  private static void fail(String message) {
    System.err.println("burgage node: " + message);
    System.exit(1);
  }
}
