package dev.burgage.bench.embedded;

import dev.burgage.bench.worker.Command;
import dev.burgage.bench.worker.ManyDatabases;
import dev.burgage.d1.D1Database;
import dev.burgage.node.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A pool's databases through a node in this process: guard, limits, meta and the commit log are as
/// over HTTP.
final class EmbeddedPool {
  private final String pool;
  private @Nullable Node node;

  EmbeddedPool(String pool) {
    this.pool = pool;
  }

  void start() throws IOException {
    node = Node.start(System.getenv());
  }

  void stop() throws IOException {
    Node running = node;
    node = null;
    if (running != null) {
      running.close();
    }
  }

  /// The tenants `t0000` and on; starts the node if it was stopped.
  ManyDatabases open(Command command) throws IOException {
    if (node == null) {
      start();
    }
    Node running = Objects.requireNonNull(node);
    List<D1Database> tenants = new ArrayList<>();
    for (int i = 0; i < command.count(); i++) {
      tenants.add(running.env(pool).DB_POOL.get("t%04d".formatted(i)));
    }
    return new Tenants(tenants);
  }

  private final class Tenants implements ManyDatabases {
    private final List<D1Database> tenants;

    Tenants(List<D1Database> tenants) {
      this.tenants = tenants;
    }

    @Override
    public void insert(int database) {
      tenants.get(database).prepare(INSERT).bind(NAME, EMAIL, AMOUNT, NOTE).run();
    }

    @Override
    public long count(int database) {
      Object count = tenants.get(database).prepare("SELECT count(*) AS n FROM entry").first("n");
      return ((Number) Objects.requireNonNull(count)).longValue();
    }

    @Override
    public void close() throws IOException {
      stop();
    }
  }
}
