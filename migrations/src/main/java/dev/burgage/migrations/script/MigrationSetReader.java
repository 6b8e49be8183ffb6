package dev.burgage.migrations.script;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.Comparator;
import java.util.List;
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
      Pattern.compile("V[0-9][0-9._]*__[^/\\\\\\p{Cntrl}]+\\.sql", Pattern.DOTALL);

  /// Flyway cuts longer descriptions in the history; then the file's name could not be told from
  /// it.
  private static final int DESCRIPTION_MAX = 200;

  /// Width of the history's column.
  private static final int VERSION_MAX = 50;

  private static final int SHOWN_MAX = 120;

  private final ResourceNameParser names = new ResourceNameParser(new ClassicConfiguration());

  /// @return one script for each file, by ascending version
  /// @throws BurgageException `invalid_migration` at the first file that breaks a rule; its text
  ///   names the file, the rule and what to do
  public List<MigrationScript> read(List<MigrationFile> files) {
    TreeMap<MigrationVersion, MigrationScript> byVersion = new TreeMap<>(Comparator.naturalOrder());
    for (MigrationFile file : files) {
      MigrationVersion version = version(file.name());
      MigrationScript other = byVersion.get(version);
      if (other != null) {
        throw invalid(
            file.name(),
            "has the same version %s as \"%s\"; give one of them another version"
                .formatted(version.getVersion(), other.script()));
      }
      byVersion.put(version, script(file, version));
    }
    return List.copyOf(byVersion.values());
  }

  /// Orders two versions that this reader gave, as Flyway does: `1.10` comes after `1.9`.
  public static int compareVersions(String one, String other) {
    return MigrationVersion.fromVersion(one).compareTo(MigrationVersion.fromVersion(other));
  }

  private MigrationScript script(MigrationFile file, MigrationVersion version) {
    ScriptRules.check(file);
    return new MigrationScript(
        version.getVersion(),
        names.parse(file.name()).getDescription(),
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
      ResourceName parsed = names.parse(name);
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

  private static String nameAdvice(String name) {
    String rule = "must be named V<version>__<name>.sql, for example V3__add_invoices.sql";
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
