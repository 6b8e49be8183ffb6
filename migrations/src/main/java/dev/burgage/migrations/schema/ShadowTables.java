package dev.burgage.migrations.schema;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;
import dev.burgage.protocol.migration.SchemaObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tables in which virtual tables keep their content: made and named by the module, and not the
/// same in every version of SQLite.
///
/// Suffixes: fts5.c and rtree.c of SQLite (`fts5ShadowName`, `rtreeShadowName`).
final class ShadowTables {
  private static final List<String> RTREE = List.of("node", "parent", "rowid");
  private static final Map<String, List<String>> SUFFIXES =
      Map.of(
          "fts5",
          List.of("config", "content", "data", "docsize", "idx"),
          "rtree",
          RTREE,
          "rtree_i32",
          RTREE);

  private ShadowTables() {}

  /// Their names in lower case.
  static Set<String> of(List<SchemaObject> raw) {
    Set<String> shadows = new HashSet<>();
    for (SchemaObject object : raw) {
      String module = object.type().equals("table") ? module(object.sql()) : null;
      for (String suffix : module == null ? List.<String>of() : suffixes(module)) {
        shadows.add(CanonicalSql.name(object.name()) + "_" + suffix);
      }
    }
    return shadows;
  }

  private static List<String> suffixes(String module) {
    return SUFFIXES.getOrDefault(CanonicalSql.name(module), List.of());
  }

  /// The module of a `CREATE VIRTUAL TABLE`; null for another table.
  private static @Nullable String module(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    tokens.next();
    Token second = tokens.next();
    if (second == null || !second.isWord("VIRTUAL")) {
      return null;
    }
    boolean using = false;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (using) {
        return token.text();
      }
      using = token.isWord("USING");
    }
    return null;
  }
}
