package dev.burgage.migrations.script;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// For which engine a file is: `V3__x.postgresql.sql` is the variant of `V3__x.sql` for PostgreSQL.
public final class EngineVariant {
  /// Also those that pools cannot have yet: a set may be written for both before a pool moves.
  private static final Set<String> ENGINES = Set.of("mysql", "postgresql", "sqlite");

  private static final Set<String> WAYS = Set.of("down", "up");

  private static final Pattern SUFFIX = Pattern.compile("(.+)\\.([A-Za-z]+)\\.sql", Pattern.DOTALL);

  private EngineVariant() {}

  /// The engine's name; empty for a file that is for any.
  public static String engine(String name) {
    Matcher matcher = SUFFIX.matcher(name);
    return matcher.matches() && ENGINES.contains(matcher.group(2)) ? matcher.group(2) : "";
  }

  /// The name of the file that it is a variant of; itself if it is none.
  public static String base(String name) {
    String engine = engine(name);
    return engine.isEmpty()
        ? name
        : name.substring(0, name.length() - engine.length() - ".sql".length() - 1) + ".sql";
  }

  // Such a name would be taken for a script that is for any engine, and run.
  static void check(String name) {
    Matcher matcher = SUFFIX.matcher(name);
    if (!matcher.matches() || !engine(name).isEmpty()) {
      return;
    }
    if (WAYS.contains(matcher.group(2))) {
      throw MigrationSetReader.invalid(
          name,
          "is one way of two, as golang-migrate has them; rename those that end in .up.sql to .sql,"
              + " and leave those out that end in .down.sql (a rollout's undo brings databases back"
              + " as they were)");
    }
    throw MigrationSetReader.invalid(
        name,
        "is for an engine \"%s\" that there is not: before .sql may stand .sqlite, .postgresql or .mysql; rename it"
            .formatted(matcher.group(2)));
  }
}
