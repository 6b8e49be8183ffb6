package dev.burgage.migrations.apply;

import static dev.burgage.migrations.apply.Databases.apply;
import static dev.burgage.migrations.apply.Databases.open;
import static dev.burgage.migrations.apply.Databases.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.migrations.script.ScriptStatements;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.migration.MigrationScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Migration histories that others have written, each a folder of scripts in the one that
/// `-Dpublic.histories` names (`docs/public-histories.md`). From each of its versions on, with rows
/// of chance in its tables, the rest makes what it makes in plain SQLite, script by script; where
/// that refuses a script, the database stays as it was.
@EnabledIfSystemProperty(named = "public.histories", matches = ".+")
class PublicHistoriesTest {
  private static final String OURS =
      "name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name <> 'd1_migrations'";
  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  @TempDir private Path folder = Path.of("");

  static List<Path> histories() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("public.histories", "")))) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("histories")
  void makeWhatTheyMakeInPlainSqlite(Path history) throws Exception {
    List<MigrationScript> set = read(history);
    int refused = 0;
    for (int from = 1; from < set.size(); from++) {
      Path ours = folder.resolve(from + ".db");
      Path plain = folder.resolve(from + "-plain.db");
      assertThat(apply(ours, set.subList(0, from))).isInstanceOf(Outcome.Applied.class);
      fill(ours, new Random(from));
      Files.copy(ours, plain);
      Map<String, List<String>> before = contents(ours);

      Outcome outcome = apply(ours, set);
      String refusal = runPlain(plain, set.subList(from, set.size()));

      if (refusal == null) {
        assertThat(outcome).as("from %d", from).isInstanceOf(Outcome.Applied.class);
        assertThat(contents(ours)).as("from %d", from).isEqualTo(contents(plain));
      } else {
        refused++;
        assertThat(outcome).as("%s", refusal).isInstanceOf(Outcome.Failed.class);
        assertThat(contents(ours)).as("from %d", from).isEqualTo(before);
      }
    }
    System.out.printf(
        "%s: %d scripts, from each of %d versions; %d times a script is refused by plain SQLite%n",
        history.getFileName(), set.size(), set.size() - 1, refused);
  }

  private static List<MigrationScript> read(Path history) throws IOException {
    List<MigrationFile> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(history)) {
      for (Path file : all.toList()) {
        files.add(new MigrationFile(file.getFileName().toString(), Files.readString(file)));
      }
    }
    return new MigrationSetReader().read(files, Engine.SQLITE).scripts();
  }

  /// As SQLite's procedure has it: foreign keys are switched outside of a transaction, and checked.
  ///
  /// @return what it refused; null if nothing
  private static @Nullable String runPlain(Path file, List<MigrationScript> scripts)
      throws SQLException {
    try (GuardedConnection connection = open(file)) {
      for (MigrationScript script : scripts) {
        boolean off = ForeignKeys.areOff(script);
        run(connection.jdbc(), off ? "PRAGMA foreign_keys = OFF" : "PRAGMA foreign_keys = ON");
        List<SqlStatement> statements = StatementSplitter.split(script.sql());
        boolean hasTransaction = !statements.equals(ScriptStatements.of(script));
        if (!hasTransaction) {
          run(connection.jdbc(), "BEGIN");
        }
        for (SqlStatement statement : statements) {
          run(connection.jdbc(), statement.sql());
        }
        if (off && !rows(connection, "PRAGMA foreign_key_check").isEmpty()) {
          return script.script() + ": rows refer to none";
        }
        if (!hasTransaction) {
          run(connection.jdbc(), "COMMIT");
        }
      }
      return null;
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  /// Each object's text, and each table's rows, but for ids that a script made up.
  private static Map<String, List<String>> contents(Path file) throws SQLException {
    Map<String, List<String>> contents = new LinkedHashMap<>();
    try (GuardedConnection connection = open(file)) {
      contents.put(
          "objects",
          rows(
              connection,
              "SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL AND %s ORDER BY 1"
                  .formatted(OURS)));
      for (String table : tables(connection)) {
        contents.put(
            table,
            rows(connection, "SELECT * FROM \"%s\"".formatted(table)).stream()
                .map(row -> row.replaceAll(UUID, "uuid"))
                .sorted()
                .toList());
      }
    }
    return contents;
  }

  private static List<String> tables(GuardedConnection connection) throws SQLException {
    return rows(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
            + " ESCAPE '\\' AND "
            + OURS
            + " ORDER BY rootpage");
  }

  private static void fill(Path file, Random random) throws SQLException {
    try (GuardedConnection connection = open(file)) {
      for (String table : tables(connection)) {
        for (int i = random.nextInt(2, 9); i > 0; i--) {
          insert(connection, table, random);
        }
      }
    }
  }

  // A row that its table does not take is left out.
  private static void insert(GuardedConnection connection, String table, Random random)
      throws SQLException {
    List<String> values = new ArrayList<>();
    for (String column :
        rows(
            connection,
            """
            SELECT CASE
              WHEN k."table" = '%1$s' THEN 'NULL'
              WHEN k."table" NOT NULL THEN format('(SELECT %%s FROM "%%w" ORDER BY random() LIMIT 1)',
                  coalesce('"' || k."to" || '"', 'rowid'), k."table")
              WHEN c.type LIKE '%%INT%%' THEN 'int'
              WHEN c.type LIKE '%%BOOL%%' THEN 'bool'
              WHEN c.type LIKE '%%DATE%%' THEN '''2024-02-03 10:11:12'''
              ELSE 'text' END
            FROM pragma_table_info('%1$s') c
              LEFT JOIN pragma_foreign_key_list('%1$s') k ON k."from" = c.name
            GROUP BY c.cid ORDER BY c.cid
            """
                .formatted(table))) {
      values.add(
          switch (column) {
            case "int" -> String.valueOf(random.nextInt(1_000_000));
            case "bool" -> String.valueOf(random.nextInt(2));
            case "text" -> "'é%x''\"\n'".formatted(random.nextLong());
            default -> column;
          });
    }
    try {
      run(
          connection.jdbc(),
          "INSERT OR IGNORE INTO \"%s\" VALUES (%s)".formatted(table, String.join(", ", values)));
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("SQLITE_");
    }
  }
}
