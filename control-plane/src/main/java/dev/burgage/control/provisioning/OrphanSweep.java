package dev.burgage.control.provisioning;

import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.DatabaseFiles.DatabaseFile;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Finds files on nodes that belong to no row, and has them moved aside, where they wait for the
/// retention to end. Rows are written before files and go after them, so a file without a row is
/// left from a plan that was changed, or from an order that came late. Young files are let be.
@Component
class OrphanSweep {
  private static final int PAGE = 500;
  private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

  private final NodeRegistry registry;
  private final NodeClient client;
  private final JdbcClient jdbc;
  private final ProvisioningSettings settings;
  private final MeterRegistry metrics;

  OrphanSweep(
      NodeRegistry registry,
      NodeClient client,
      JdbcClient jdbc,
      ProvisioningSettings settings,
      MeterRegistry metrics) {
    this.registry = registry;
    this.client = client;
    this.jdbc = jdbc;
    this.settings = settings;
    this.metrics = metrics;
  }

  void run() {
    for (Node node : registry.list()) {
      if (!node.isLive()) {
        continue;
      }
      try {
        sweep(node.name());
      } catch (BurgageException e) {
        LOG.info("Node {} is not swept this time: {}", node.name(), e.detail());
      }
    }
  }

  private void sweep(NodeName node) {
    DatabaseId after = null;
    List<DatabaseFile> files = page(node, after);
    while (!files.isEmpty()) {
      List<DatabaseFile> old =
          files.stream()
              .filter(file -> file.ageMillis() >= settings.orphanAge().toMillis())
              .toList();
      Set<Owned> owned = owned(node, old);
      for (DatabaseFile file : old) {
        if (!owned.contains(new Owned(file.database().value(), file.generation()))) {
          LOG.warn(
              "Database {} generation {} on node {} has no row; it is moved aside",
              file.database(),
              file.generation(),
              node);
          client.trashDatabase(node, file.database(), file.generation());
          metrics.counter("burgage.orphans").increment();
        }
      }
      after = files.getLast().database();
      files = page(node, after);
    }
  }

  private List<DatabaseFile> page(NodeName node, @Nullable DatabaseId after) {
    return client.databases(node, after, PAGE).files();
  }

  private Set<Owned> owned(NodeName node, List<DatabaseFile> files) {
    if (files.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(
        jdbc.sql(
                """
                select database_id, generation from binding
                where database_id in (:ids) and node = :node and state <> 'purged'
                """)
            .param("ids", files.stream().map(file -> file.database().value()).toList())
            .param("node", node.value())
            .query((row, number) ->
                new Owned(row.getObject("database_id", UUID.class), row.getLong("generation")))
            .list());
  }

  private record Owned(UUID database, long generation) {}
}
