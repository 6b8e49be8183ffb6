package dev.burgage.node;

import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.DescribedSchemas;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import dev.burgage.protocol.node.MarkApplied;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Rehearsed;
import dev.burgage.protocol.node.Undo;
import dev.burgage.protocol.node.Undone;
import dev.burgage.protocol.node.Undone.UndoOutcome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Orders of rollouts to a node, over HTTP, and sets to order.
record RolloutOrders(NodeHarness node) {
  static final long NUMBER = 7; // of orders to apply; those to undo have the next one

  static final List<MigrationScript> V1 =
      set(new MigrationFile("V1__items.sql", "CREATE TABLE item(id INTEGER PRIMARY KEY, name);"));
  static final List<MigrationScript> V2 =
      and(
          V1,
          new MigrationFile(
              "V2__price.sql",
              "ALTER TABLE item ADD COLUMN price INTEGER; UPDATE item SET price = 7;"));
  static final List<MigrationScript> V3 =
      and(V2, new MigrationFile("V3__stock.sql", "CREATE TABLE stock(item INTEGER, count);"));
  static final List<MigrationScript> BROKEN =
      and(
          V1,
          new MigrationFile(
              "V2__broken.sql",
              "INSERT INTO item(name) VALUES ('half'); INSERT INTO missing VALUES (1);"));

  private static List<MigrationScript> set(MigrationFile file) {
    return new MigrationSetReader().read(List.of(file));
  }

  static List<MigrationScript> and(List<MigrationScript> before, MigrationFile file) {
    return Stream.concat(before.stream(), set(file).stream()).toList();
  }

  Binding provision(String tenant) throws IOException {
    return node.provision(tenant, new Template(Engine.SQLITE, V1), Limits.DEFAULT);
  }

  static Target target(Binding binding) {
    return new Target(binding.database(), binding.generation(), binding.limits());
  }

  ApplyOutcome migrate(UUID rollout, Binding binding, List<MigrationScript> scripts)
      throws IOException {
    return migrate(rollout, binding, scripts, null);
  }

  ApplyOutcome migrate(
      UUID rollout,
      Binding binding,
      List<MigrationScript> scripts,
      @Nullable Long dormantAfterMillis)
      throws IOException {
    return migrate(
        new ApplyMigrations(
            rollout, NUMBER, List.of(target(binding)), scripts, List.of(), dormantAfterMillis));
  }

  ApplyOutcome migrate(ApplyMigrations order) throws IOException {
    return migrateAll(order).getFirst();
  }

  List<ApplyOutcome> migrateAll(ApplyMigrations order) throws IOException {
    return order("migrations", order, ApplyOutcomes.class).outcomes();
  }

  ApplyOutcome mark(Binding binding, List<MigrationScript> scripts) throws IOException {
    return mark(UUID.randomUUID(), binding, scripts);
  }

  ApplyOutcome mark(UUID rollout, Binding binding, List<MigrationScript> scripts)
      throws IOException {
    MarkApplied order = new MarkApplied(rollout, NUMBER, List.of(target(binding)), scripts);
    return order("marks", order, ApplyOutcomes.class).outcomes().getFirst();
  }

  UndoOutcome undo(UUID rollout, Binding binding) throws IOException {
    return undo(rollout, List.of(target(binding))).getFirst();
  }

  List<UndoOutcome> undo(UUID rollout, List<Target> targets) throws IOException {
    Undo order = new Undo(rollout, NUMBER + 1, "2", targets);
    return order("undo", order, Undone.class).outcomes();
  }

  Rehearsed.OnCopy rehearse(Binding binding, List<MigrationScript> scripts) throws IOException {
    return rehearse(new Rehearse(List.of(target(binding)), scripts, List.of()));
  }

  Rehearsed.OnCopy rehearse(Rehearse order) throws IOException {
    return order("rehearsals", order, Rehearsed.class).copies().getFirst();
  }

  DescribedSchema describe(Binding binding) throws IOException {
    DescribeSchemas order = new DescribeSchemas(List.of(target(binding)), /* objects= */ true);
    return order("schemas", order, DescribedSchemas.class).schemas().getFirst();
  }

  private <T> T order(String what, Object order, Class<T> answer) throws IOException {
    HttpResponse<String> response = node.order("POST", "/node/v1/" + what, order);
    if (response.statusCode() != 200) {
      throw new IOException(response.body());
    }
    return Json.read(response.body().getBytes(StandardCharsets.UTF_8), answer);
  }

  long count(String tenant, String sql) throws IOException {
    return node.sql(tenant, sql).path("results").get(0).iterator().next().asLong();
  }

  Path file(Binding binding) {
    String id = binding.database().toString();
    return node.data().resolve("databases").resolve(id.substring(0, 2)).resolve(id + "-1.db");
  }
}
