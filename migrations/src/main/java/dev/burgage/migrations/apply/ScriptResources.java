package dev.burgage.migrations.apply;

import dev.burgage.migrations.script.Pragma;
import dev.burgage.migrations.script.ScriptStatements;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.protocol.migration.MigrationScript;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/// A migration set as Flyway asks for it, from memory.
final class ScriptResources implements ResourceProvider {
  private final List<MigrationScript> scripts;

  ScriptResources(List<MigrationScript> scripts) {
    this.scripts = scripts;
  }

  /// The script as Flyway can run it. It makes the transaction, and knows `PRAGMA foreign_keys` for
  /// something that cannot be in one: blanks stand for it, and for a `BEGIN` and `COMMIT` around
  /// all of a script.
  static MigrationScript runnable(MigrationScript script) {
    Set<SqlStatement> run = Set.copyOf(ScriptStatements.of(script));
    StringBuilder sql = new StringBuilder(script.sql());
    for (SqlStatement statement : StatementSplitter.split(script.sql())) {
      Pragma pragma = Pragma.of(statement.sql());
      if (!run.contains(statement) || (pragma != null && pragma.name().equals("foreign_keys"))) {
        String blank = statement.sql().replaceAll("[^\\r\\n]", " ");
        sql.replace(statement.offset(), statement.offset() + blank.length(), blank);
      }
    }
    return new MigrationScript(
        script.version(), script.description(), script.script(), script.checksum(), sql.toString());
  }

  @Override
  public @Nullable LoadableResource getResource(String name) {
    return scripts.stream()
        .filter(script -> script.script().equals(name))
        .findFirst()
        .map(Script::new)
        .orElse(null);
  }

  @Override
  public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
    List<LoadableResource> found = new ArrayList<>();
    for (MigrationScript script : scripts) {
      if (script.script().startsWith(prefix)
          && List.of(suffixes).stream().anyMatch(script.script()::endsWith)) {
        found.add(new Script(script));
      }
    }
    return found;
  }

  private static final class Script extends LoadableResource {
    private final MigrationScript script;

    Script(MigrationScript script) {
      this.script = script;
    }

    @Override
    public Reader read() {
      return new StringReader(script.sql());
    }

    @Override
    public String getAbsolutePath() {
      return script.script();
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return script.script();
    }

    @Override
    public String getFilename() {
      return script.script();
    }

    @Override
    public String getRelativePath() {
      return script.script();
    }
  }
}
