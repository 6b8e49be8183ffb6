package dev.burgage.migrations.script;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.internal.resolver.ChecksumCalculator;
import org.flywaydb.core.internal.resource.ResourceName;
import org.flywaydb.core.internal.resource.ResourceNameParser;
import org.flywaydb.core.internal.resource.StringResource;

/// Makes a checked migration set of files. Names, the order of versions, descriptions and checksums
/// come from Flyway's own classes, so that they are what Flyway writes into a history. Thread-safe.
public final class MigrationSetReader {
  private static final Pattern NAME =
      Pattern.compile("(V[0-9][0-9._]*__|[0-9]+_)[^/\\\\\\p{Cntrl}]+\\.sql", Pattern.DOTALL);

  /// Flyway cuts longer descriptions in the history; then the file's name could not be told from
  /// it.
  private static final int DESCRIPTION_MAX = 200;

  /// Width of the history's column.
  private static final int VERSION_MAX = 50;

  private static final int SHOWN_MAX = 120;

  private static final Comparator<MigrationScript> ORDER =
      Comparator.<MigrationScript, MigrationVersion>comparing(
              script -> MigrationVersion.fromVersion(script.version()))
          .thenComparing(MigrationScript::script);

  private final ResourceNameParser flyway = parser(NameStyle.FLYWAY);
  private final ResourceNameParser wrangler = parser(NameStyle.WRANGLER);

  private static ResourceNameParser parser(NameStyle style) {
    ClassicConfiguration configuration = new ClassicConfiguration();
    configuration.setSqlMigrationPrefix(style.prefix());
    configuration.setSqlMigrationSeparator(style.separator());
    return new ResourceNameParser(configuration);
  }

  /// Reads files and chooses those of an engine.
  ///
  /// @throws BurgageException `invalid_migration` at the first file that breaks a rule, or if a
  ///   version has nothing for the engine; its text names the file, the rule and what to do
  public MigrationSet read(List<MigrationFile> files, Engine engine) {
    MigrationSet set = choose(read(files), engine);
    set.scripts().forEach(MigrationSetReader::check);
    return set;
  }

  /// Holds a script against the rules on what a migration may contain.
  ///
  /// @throws BurgageException `invalid_migration`
  public static void check(MigrationScript script) {
    ScriptRules.check(script);
  }

  /// @return one script for each file, by ascending version, then by name; what is in them is not
  ///   looked at
  /// @throws BurgageException `invalid_migration`
  public List<MigrationScript> read(List<MigrationFile> files) {
    List<MigrationScript> scripts = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (MigrationFile file : files) {
      if (!seen.add(file.name())) {
        throw invalid(file.name(), "is there twice; send it once");
      }
      scripts.add(script(file, version(file.name())));
    }
    scripts.sort(ORDER);
    return List.copyOf(scripts);
  }

  /// Chooses for each version the engine's variant, else the script that is for any.
  ///
  /// @param scripts that this reader gave
  /// @throws BurgageException `invalid_migration` if a version has two scripts for the same engine
  ///   or none for this one
  public static MigrationSet choose(List<MigrationScript> scripts, Engine engine) {
    Map<MigrationVersion, Map<String, MigrationScript>> byVersion = new TreeMap<>();
    for (MigrationScript script : scripts) {
      Map<String, MigrationScript> variants =
          byVersion.computeIfAbsent(
              MigrationVersion.fromVersion(script.version()), version -> new TreeMap<>());
      variants.values().stream().findAny().ifPresent(other -> checkVariant(script, other));
      MigrationScript same = variants.put(EngineVariant.engine(script.script()), script);
      if (same != null) {
        throw sameVersion(script, same);
      }
    }
    List<MigrationScript> chosen = new ArrayList<>();
    List<MigrationScript> others = new ArrayList<>();
    byVersion
        .values()
        .forEach(variants -> {
          MigrationScript one = chosen(variants, engine);
          chosen.add(one);
          variants.values().stream().filter(other -> !other.equals(one)).forEach(others::add);
        });
    others.sort(ORDER);
    return new MigrationSet(chosen, others);
  }

  private static MigrationScript chosen(Map<String, MigrationScript> variants, Engine engine) {
    MigrationScript own = variants.get(engine.toString());
    MigrationScript any = own == null ? variants.get("") : own;
    if (any == null) {
      MigrationScript other = variants.values().iterator().next();
      String base = EngineVariant.base(other.script());
      throw invalid(
          other.script(),
          "is for another engine than the pool's, which is %s; add \"%s\" or \"%s\""
              .formatted(engine, base, base.replaceAll("\\.sql$", "." + engine + ".sql")));
    }
    return any;
  }

  private static void checkVariant(MigrationScript script, MigrationScript other) {
    if (!EngineVariant.base(script.script()).equals(EngineVariant.base(other.script()))) {
      throw sameVersion(script, other);
    }
  }

  private static BurgageException sameVersion(MigrationScript script, MigrationScript other) {
    return invalid(
        script.script(),
        "has the same version %s as \"%s\"; give one of them another version"
            .formatted(other.version(), other.script()));
  }

  /// Orders two versions that this reader gave, as Flyway does: `1.10` comes after `1.9`.
  public static int compareVersions(String one, String other) {
    return MigrationVersion.fromVersion(one).compareTo(MigrationVersion.fromVersion(other));
  }

  private MigrationScript script(MigrationFile file, MigrationVersion version) {
    EngineVariant.check(file.name());
    return new MigrationScript(
        version.getVersion(),
        parser(file.name()).parse(file.name()).getDescription(),
        file.name(),
        ChecksumCalculator.calculate(new StringResource(file.sql())),
        file.sql());
  }

  private MigrationVersion version(String name) {
    if (!NAME.matcher(name).matches()) {
      throw invalid(name, nameAdvice(name));
    }
    MigrationVersion version = parse(name);
    if (version.getVersion().length() > VERSION_MAX) {
      throw invalid(name, "has a version of more than %d characters".formatted(VERSION_MAX));
    }
    return version;
  }

  private MigrationVersion parse(String name) {
    try {
      ResourceName parsed = parser(name).parse(name);
      if (!parsed.isValid()) {
        throw invalid(name, "is not a name that Flyway reads: " + parsed.getValidityMessage());
      }
      if (parsed.getDescription().length() > DESCRIPTION_MAX) {
        throw invalid(
            name, "has a name part of more than %d characters".formatted(DESCRIPTION_MAX));
      }
      return parsed.getVersion();
    } catch (FlywayException e) {
      throw new BurgageException(
          ErrorCode.INVALID_MIGRATION,
          "migration \"%s\" is not a name that Flyway reads: %s"
              .formatted(shown(name), e.getMessage()),
          e);
    }
  }

  private ResourceNameParser parser(String name) {
    return switch (NameStyle.of(name)) {
      case FLYWAY -> flyway;
      case WRANGLER -> wrangler;
    };
  }

  private static String nameAdvice(String name) {
    String rule =
        "must be named V<version>__<name>.sql or <number>_<name>.sql, for example"
            + " V3__add_invoices.sql or 0003_add_invoices.sql";
    if (name.startsWith("R__")) {
      return rule + "; repeatable migrations (R__) are not supported";
    }
    if (name.startsWith("U") || name.startsWith("B")) {
      return rule + "; undo (U) and baseline (B) migrations are not supported";
    }
    return rule;
  }

  static BurgageException invalid(String name, String rule) {
    return new BurgageException(
        ErrorCode.INVALID_MIGRATION, "migration \"%s\" %s".formatted(shown(name), rule));
  }

  private static String shown(String name) {
    String cut = name.length() > SHOWN_MAX ? name.substring(0, SHOWN_MAX) + "…" : name;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
