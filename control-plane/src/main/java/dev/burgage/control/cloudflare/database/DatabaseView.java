package dev.burgage.control.cloudflare.database;

import dev.burgage.control.cloudflare.DatabaseName;
import dev.burgage.control.cloudflare.database.DatabaseSettings.Setting;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.node.DatabaseFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A database as Cloudflare's tools see it: members in the order in which they print them.
final class DatabaseView {
  /// Members that the node must be asked for.
  private static final List<String> FACTS = List.of("num_tables", "file_size");

  private DatabaseView() {}

  static boolean needsFacts(List<String> fields) {
    return fields.isEmpty() || fields.stream().anyMatch(FACTS::contains);
  }

  /// @param facts empty if they were not asked for, or the node does not answer
  static Map<String, @Nullable Object> of(
      Tenant tenant, Setting setting, Optional<DatabaseFacts> facts) {
    var view = listed(DatabaseListing.Listed.of(tenant), setting.jurisdiction());
    facts.ifPresent(known -> {
      view.put("num_tables", known.tables());
      view.put("file_size", known.sizeBytes());
    });
    view.put("read_replication", Map.of("mode", setting.readReplication()));
    return view;
  }

  static Map<String, @Nullable Object> listed(
      DatabaseListing.Listed database, @Nullable String jurisdiction) {
    var view = new LinkedHashMap<String, @Nullable Object>();
    view.put("uuid", database.id().toString());
    view.put("name", DatabaseName.of(database.tenant()).value());
    view.put("version", "production");
    view.put("created_at", database.createdAt().toString());
    view.put("jurisdiction", jurisdiction);
    return view;
  }

  /// @param fields none means all
  static Map<String, @Nullable Object> only(
      List<String> fields, Map<String, @Nullable Object> view) {
    if (fields.isEmpty()) {
      return view;
    }
    var some = new LinkedHashMap<String, @Nullable Object>();
    view.forEach((name, value) -> {
      if (fields.contains(name)) {
        some.put(name, value);
      }
    });
    return some;
  }
}
