package dev.burgage.control.drift;

import dev.burgage.control.migration.ExpectedSchema;
import dev.burgage.control.migration.Migrations;
import dev.burgage.control.node.NodeClient;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Looks at the schemas of tenants and records what is found. Thread-safe; every look may be
/// repeated.
@Component
class SchemaCheck {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaCheck.class);

  private final Drifts drifts;
  private final Migrations migrations;
  private final NodeClient nodes;

  SchemaCheck(Drifts drifts, Migrations migrations, NodeClient nodes) {
    this.drifts = drifts;
    this.migrations = migrations;
    this.nodes = nodes;
  }

  /// Looks at the next tenants of the cell, in key order, and begins anew after the last.
  void sample(int tenants) {
    drifts.forgetGone();
    check(drifts.next(tenants));
  }

  /// @return how many answered
  int check(List<SampledTenant> tenants) {
    Map<NodeName, List<SampledTenant>> byNode =
        tenants.stream().collect(Collectors.groupingBy(SampledTenant::node));
    int answered = 0;
    for (var onNode : byNode.entrySet()) {
      try {
        answered += check(onNode.getKey(), onNode.getValue());
      } catch (BurgageException e) {
        LOG.info("Schemas on node {} are not looked at this time: {}", onNode.getKey(), e.detail());
      }
    }
    return answered;
  }

  private int check(NodeName node, List<SampledTenant> tenants) {
    Map<DatabaseId, DescribedSchema> found = describe(node, tenants, /* objects= */ false);
    List<SampledTenant> differing = new ArrayList<>();
    for (SampledTenant tenant : tenants) {
      DescribedSchema schema = found.get(tenant.target().database());
      if (schema == null) {
        continue;
      }
      if (isSame(tenant, schema)) {
        drifts.recordSame(tenant, schema);
      } else {
        differing.add(tenant);
      }
    }
    if (!differing.isEmpty()) {
      recordDifferences(differing, describe(node, differing, /* objects= */ true));
    }
    return found.size();
  }

  // Asked again, with its objects: it may have been migrated since the first answer.
  private void recordDifferences(
      List<SampledTenant> tenants, Map<DatabaseId, DescribedSchema> found) {
    for (SampledTenant tenant : tenants) {
      DescribedSchema schema = found.get(tenant.target().database());
      if (schema == null || schema.objects() == null) {
        continue;
      }
      if (isSame(tenant, schema)) {
        drifts.recordSame(tenant, schema);
        continue;
      }
      Optional<ExpectedSchema> expected = expected(tenant, schema);
      Schema wanted = expected.map(ExpectedSchema::schema).orElseGet(() -> new Schema(List.of()));
      List<Difference> differences =
          wanted.differences(new Schema(schema.objects())).stream().map(Difference::of).toList();
      drifts.recordDrift(
          tenant, schema, expected.map(ExpectedSchema::fingerprint).orElse(null), differences);
    }
  }

  private boolean isSame(SampledTenant tenant, DescribedSchema schema) {
    if (schema.version() == null && migrations.poolVersion(tenant.pool()) == null) {
      return true; // tenants of a pool without migrations make their schemas themselves
    }
    return expected(tenant, schema)
        .filter(expected -> expected.fingerprint().equals(schema.fingerprint()))
        .isPresent();
  }

  private Optional<ExpectedSchema> expected(SampledTenant tenant, DescribedSchema schema) {
    String version = schema.version();
    return version == null ? Optional.empty() : migrations.expected(tenant.pool(), version);
  }

  private Map<DatabaseId, DescribedSchema> describe(
      NodeName node, List<SampledTenant> tenants, boolean objects) {
    var order = new DescribeSchemas(tenants.stream().map(SampledTenant::target).toList(), objects);
    Map<DatabaseId, DescribedSchema> found = new HashMap<>();
    nodes.describeSchemas(node, order).schemas().forEach(s -> found.put(s.database(), s));
    return found;
  }
}
