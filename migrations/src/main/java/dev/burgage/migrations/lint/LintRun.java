package dev.burgage.migrations.lint;

import dev.burgage.migrations.apply.SqliteMessage;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.lint.Finding.Level;
import dev.burgage.migrations.script.Pragma;
import dev.burgage.migrations.script.ScriptRules;
import dev.burgage.migrations.script.ScriptStatements;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import dev.burgage.protocol.migration.MigrationScript;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One report. The connection's database is changed. For one thread.
final class LintRun {
  private final GuardedConnection connection;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Touch> touches = new ArrayList<>();

  LintRun(GuardedConnection connection) {
    this.connection = connection;
  }

  LintReport report(List<MigrationScript> scripts) throws SQLException {
    Facts facts = Facts.read(connection.jdbc());
    Set<String> known = new LinkedHashSet<>(facts.tables().keySet());
    known.addAll(facts.views());
    for (MigrationScript script : scripts) {
      Facts after = script(script, facts, known);
      if (after == null) {
        break; // what follows cannot be told
      }
      facts = after;
    }
    return new LintReport(findings, touches);
  }

  /// @return the schema after it; null if a statement failed
  private @Nullable Facts script(MigrationScript script, Facts before, Set<String> known)
      throws SQLException {
    List<SqlStatement> statements = ScriptStatements.of(script);
    boolean enforced = !Pragma.switchForeignKeysOff(statements);
    Story story = new Story(enforced);
    if (!enforced) {
      if (!connection.reachesSqlite()) {
        findings.add(
            new Place(script.script(), 1, 1)
                .finding(
                    "not-in-a-migration",
                    Level.ERROR,
                    "PRAGMA foreign_keys = OFF does nothing while the server runs without its SQL"
                        + " guard (BURGAGE_SQL_GUARD); remove it"));
        return null;
      }
      connection.enforceForeignKeys(false);
    }
    Facts now = before;
    Place place = new Place(script.script(), 1, 1);
    run("BEGIN");
    for (SqlStatement statement : statements) {
      place = new Place(script.script(), statement.line(), statement.number());
      if (!statement(place, statement.sql(), now, known)) {
        run("ROLLBACK");
        return null;
      }
      Facts after = Facts.read(connection.jdbc());
      story.add(place, now, after);
      now = after;
    }
    run("COMMIT");
    if (!enforced) {
      connection.enforceForeignKeys(true);
    }
    findings.addAll(new TableRules(before, now, story, known, place).findings());
    return now;
  }

  /// @return false if it fails
  private boolean statement(Place place, String sql, Facts before, Set<String> known)
      throws SQLException {
    String broken = ScriptRules.broken(sql);
    if (broken != null) {
      findings.add(place.finding("not-in-a-migration", Level.ERROR, broken));
      return false;
    }
    Pragma pragma = Pragma.of(sql);
    if (pragma != null && pragma.switchesForeignKeysOff()) {
      findings.add(
          place.finding(
              "foreign-keys-off",
              Level.NOTE,
              "foreign keys are not enforced in this script; every row is checked before the"
                  + " commit: rehearse it on the largest tenant"));
    }
    try {
      boolean explained = StatementSplitter.isExplained(sql);
      Program program =
          connection.as(Policy.OPERATOR, jdbc -> explained ? null : Program.of(jdbc, sql));
      if (program != null) {
        look(place, sql, program, before, known);
      }
      connection.as(Policy.OPERATOR, jdbc -> run(sql));
      return true;
    } catch (SQLException e) {
      String message = "it fails on an empty database: " + SqliteMessage.of(e) + "; mend it";
      findings.add(place.finding("fails", Level.ERROR, message));
      return false;
    }
  }

  private void look(Place place, String sql, Program program, Facts before, Set<String> known)
      throws SQLException {
    String keyword = StatementSplitter.firstKeyword(sql);
    Set<Integer> pages = new LinkedHashSet<>(program.scans());
    if (keyword.equals("ALTER") || keyword.equals("DROP")) {
      pages.retainAll(program.writes()); // the others are looked into, not gone through
    }
    List<String> tables = tables(pages);
    tables.retainAll(before.tables().keySet());
    for (String refusal : program.refusals()) {
      List<String> changed = tables(program.scans());
      changed.retainAll(known);
      if (!changed.isEmpty()) {
        findings.add(refused(place, changed.getFirst(), refusal));
      }
    }
    if (tables.isEmpty() || keyword.equals("DROP")) {
      return;
    }
    touches.add(place.touch(tables));
    tables.retainAll(known);
    if (!tables.isEmpty()) {
      findings.add(everyRow(place, keyword, sql, tables));
    }
  }

  private static Finding refused(Place place, String table, String words) {
    String todo =
        words.contains("NOT NULL")
            ? "give it a DEFAULT, or add it without NOT NULL and fill it"
            : words.contains("non-constant")
                ? "give it a constant DEFAULT or none, and fill it with an UPDATE"
                : "rebuild the table, or add the column without that";
    return place.finding(
        "add-column-refused",
        Level.ERROR,
        "SQLite refuses it in every database where \"%s\" has a row: %s; %s"
            .formatted(table, words, todo),
        table);
  }

  private static Finding everyRow(Place place, String keyword, String sql, List<String> tables) {
    String names = String.join("\", \"", tables);
    boolean filtered = hasWhere(sql);
    String what =
        switch (keyword) {
          case "CREATE" -> "it reads every row of \"%s\" to build what it makes";
          case "ALTER" -> "it writes every row of \"%s\" anew";
          case "UPDATE", "DELETE" ->
              filtered
                  ? "it looks at every row of \"%s\": no index serves its WHERE"
                  : "it has no WHERE, so it changes every row of \"%s\"";
          default -> "it goes through every row of \"%s\"";
        };
    return place.finding(
        !filtered && (keyword.equals("UPDATE") || keyword.equals("DELETE"))
            ? "no-where"
            : "every-row",
        Level.NOTE,
        what.formatted(names)
            + "; the database's writes wait meanwhile: rehearse it on the largest tenant",
        tables.toArray(String[]::new));
  }

  /// Outside of parentheses: that of a subquery chooses no rows of the statement's table.
  private static boolean hasWhere(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    int depth = 0;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      depth += token.isOperator("(") ? 1 : token.isOperator(")") ? -1 : 0;
      if (depth == 0 && token.isWord("WHERE")) {
        return true;
      }
    }
    return false;
  }

  private List<String> tables(Set<Integer> pages) throws SQLException {
    Set<String> tables = new LinkedHashSet<>();
    for (int page : pages) {
      String table = page > 1 ? Facts.tableAt(connection.jdbc(), page) : null;
      if (table != null) {
        tables.add(table);
      }
    }
    return new ArrayList<>(tables);
  }

  private boolean run(String sql) throws SQLException {
    try (PreparedStatement statement = connection.jdbc().prepareStatement(sql)) {
      if (statement.execute()) {
        try (ResultSet row = statement.getResultSet()) {
          while (row.next()) {
            // to the end: the last row may fail
          }
        }
      }
      return true;
    }
  }
}
