package dev.burgage.control.local;

import dev.burgage.control.access.Tokens;
import dev.burgage.control.folder.DataFolder;
import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/// The node beside us: a child process with a folder of its own in ours. It is started when the web
/// server listens, started again when it dies (soon at first, then ever later, up to 5 s), and
/// found again if it outlived a kill of us. It stops after the web server has let the last requests
/// out, and before the metadata database.
final class LocalNode implements SmartLifecycle {
  static final NodeName NAME = new NodeName("node-1");

  private static final String TOKEN_FILE = "local-node.token";
  private static final Duration STOP_LONGEST = Duration.ofSeconds(20);
  private static final Duration PAUSE_FIRST = Duration.ofMillis(200);
  private static final Duration PAUSE_LAST = Duration.ofSeconds(5);
  private static final Duration ADOPTED_LOOKED_AT_EVERY = Duration.ofMillis(250);
  private static final Duration STEADY = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

  private final NodeProcess process;
  private final DataFolder folder;
  private final NodeRegistry registry;
  private volatile boolean running;
  private volatile Optional<ProcessHandle> node = Optional.empty();
  private volatile Thread watcher = Thread.ofVirtual().unstarted(() -> {});

  LocalNode(NodeProcess process, DataFolder folder, NodeRegistry registry) {
    this.process = process;
    this.folder = folder;
    this.registry = registry;
  }

  boolean isLive() {
    return registry.find(NAME.value()).map(Node::isLive).orElse(false);
  }

  @Override
  public void start() {
    running = true;
  }

  @EventListener
  void serve(WebServerInitializedEvent event) {
    if (event.getApplicationContext().getServerNamespace() != null) {
      return; // a management server
    }
    String token =
        folder
            .findSecret(TOKEN_FILE)
            .orElseGet(() -> {
              String made = Tokens.make("bgn." + NAME + ".");
              folder.writeSecret(TOKEN_FILE, made);
              return made;
            });
    registry.register(NAME, token);
    int port = event.getWebServer().getPort();
    Map<String, String> environment =
        Map.of("BURGAGE_NODE_TOKEN", token, "BURGAGE_CONTROL_PLANE", "http://127.0.0.1:" + port);
    watcher = Thread.ofPlatform().name("local-node").daemon().start(() -> watch(environment));
  }

  private void watch(Map<String, String> environment) {
    Duration pause = PAUSE_FIRST;
    while (running) {
      long started = System.nanoTime();
      try {
        ProcessHandle handle = process.findRunning().orElse(null);
        if (handle == null) {
          handle = process.start(environment).toHandle();
          node = Optional.of(handle);
          handle.onExit().get();
        } else {
          LOG.info("Found the node of an earlier run (process {})", handle.pid());
          node = Optional.of(handle);
          awaitEndOfAdopted();
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException | ExecutionException e) {
        LOG.error("The local node cannot be started: {}", e.getMessage());
      }
      if (!running) {
        return;
      }
      boolean steady = System.nanoTime() - started > STEADY.toNanos();
      pause = steady ? PAUSE_FIRST : pause;
      LOG.warn("The local node is gone; starting it again in {} ms", pause.toMillis());
      if (!sleep(pause)) {
        return;
      }
      pause = pause.multipliedBy(2).compareTo(PAUSE_LAST) < 0 ? pause.multipliedBy(2) : PAUSE_LAST;
    }
  }

  // It is not our child: in a container whose first process collects no orphans it stays a zombie,
  // which a process handle takes for alive. Its lock goes with it in any case.
  private void awaitEndOfAdopted() throws InterruptedException, IOException {
    while (process.findRunning().isPresent()) {
      Thread.sleep(ADOPTED_LOOKED_AT_EVERY);
    }
  }

  private static boolean sleep(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void stop() {
    running = false;
    watcher.interrupt();
    try {
      watcher.join();
      node.filter(ProcessHandle::isAlive).ifPresent(LocalNode::stop);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(ProcessHandle handle) {
    handle.destroy();
    try {
      handle.onExit().get(STOP_LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("The local node did not stop within {} s; killing it", STOP_LONGEST.toSeconds());
      handle.destroyForcibly();
    } catch (ExecutionException e) {
      LOG.warn("The local node's end cannot be seen", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Below the web server's: it is stopped after that.
  @Override
  public int getPhase() {
    return 0;
  }
}
