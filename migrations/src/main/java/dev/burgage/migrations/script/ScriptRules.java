package dev.burgage.migrations.script;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a migration script may contain. A migration runs inside a transaction that is not its own,
/// on a connection that is used again: so nothing that ends a transaction, leaves the file, or
/// outlives the migration on the connection. One `BEGIN` and `COMMIT` around all of it may stand
/// ([ScriptStatements]).
public final class ScriptRules {
  private static final Set<String> STATEMENTS =
      Set.of(
          "ALTER", "ANALYZE", "CREATE", "DELETE", "DROP", "INSERT", "PRAGMA", "REINDEX", "REPLACE",
          "SELECT", "UPDATE", "VALUES", "WITH");

  private static final Set<String> TRANSACTION =
      Set.of("BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT");

  private static final Set<String> OTHER_FILES =
      Set.of("ATTACH", "BACKUP", "DETACH", "RESTORE", "VACUUM");

  private static final Set<String> PRAGMAS =
      Set.of(
          "defer_foreign_keys",
          "foreign_key_check",
          "foreign_key_list",
          "foreign_keys",
          "index_info",
          "index_list",
          "index_xinfo",
          "optimize",
          "table_info",
          "table_list",
          "table_xinfo");

  /// SQLite's own tables that a migration may read, or mend (`sqlite_sequence`).
  private static final Set<String> SQLITE_TABLES =
      Set.of("sqlite_master", "sqlite_schema", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4");

  /// Words behind which SQLite takes even a `'string'` as a name.
  private static final Set<String> BEFORE_NAME =
      Set.of(
          "EXISTS",
          "FROM",
          "INDEX",
          "INTO",
          "JOIN",
          "ON",
          "REFERENCES",
          "TABLE",
          "TO",
          "TRIGGER",
          "UPDATE",
          "VIEW");

  /// What begins the second half of a file for dbmate, goose, sql-migrate and MyBatis Migrations.
  /// For SQLite it is a comment.
  private static final Pattern WAY_BACK =
      Pattern.compile(
          "^[ \\t]*--[ \\t]*(migrate:down|\\+goose[ \\t]+Down|\\+migrate[ \\t]+Down|//["
              + " \\t]*@UNDO)\\b.*",
          Pattern.MULTILINE | Pattern.CASE_INSENSITIVE);

  private ScriptRules() {}

  static void check(MigrationScript script) {
    if (script.sql().indexOf('\0') >= 0) {
      throw MigrationSetReader.invalid(
          script.script(),
          "contains a NUL character, behind which SQLite reads nothing; remove it");
    }
    // One of comments only has its place in a history: it says why there is nothing to do.
    if (script.sql().isBlank()) {
      throw MigrationSetReader.invalid(
          script.script(), "is empty; leave the file out, or say in a comment why it does nothing");
    }
    Matcher back = WAY_BACK.matcher(script.sql());
    if (back.find()) {
      throw MigrationSetReader.invalid(
          script.script(),
          "line %d: behind \"%s\" stands what takes the migration back, and it would run with the rest; remove both (a rollout's undo brings databases back as they were)"
              .formatted(
                  script.sql().substring(0, back.start()).lines().count() + 1,
                  back.group().strip()));
    }
    for (SqlStatement statement : ScriptStatements.of(script)) {
      String broken = broken(statement.sql());
      if (broken != null) {
        throw MigrationSetReader.invalid(
            script.script(), "line %d: %s".formatted(statement.line(), broken));
      }
    }
  }

  /// Why a statement may not stand in a migration, and what to write instead; null if it may.
  public static @Nullable String broken(String sql) {
    String keyword = StatementSplitter.firstKeyword(sql);
    if (TRANSACTION.contains(keyword)) {
      return keyword
          + " is not allowed: every migration runs in one transaction of its own; remove it (one"
          + " BEGIN and COMMIT around all of a script may stay)";
    }
    if (OTHER_FILES.contains(keyword)) {
      return keyword + " is not allowed: a migration may touch its own database only; remove it";
    }
    if (!STATEMENTS.contains(keyword)) {
      return "no statement begins with \"%s\"".formatted(keyword);
    }
    Pragma pragma = Pragma.of(sql);
    String broken = pragma == null ? null : broken(pragma);
    return broken != null ? broken : brokenToken(sql, keyword);
  }

  private static @Nullable String broken(Pragma pragma) {
    if (pragma.name().equals("foreign_keys") && !pragma.isAskedOrSwitched()) {
      return "PRAGMA foreign_keys takes ON or OFF";
    }
    return PRAGMAS.contains(pragma.name())
        ? null
        : "PRAGMA %s is not allowed in a migration; allowed are %s"
            .formatted(pragma.name(), String.join(", ", PRAGMAS.stream().sorted().toList()));
  }

  private static @Nullable String brokenToken(String sql, String keyword) {
    SqlTokens tokens = new SqlTokens(sql);
    Token before = null;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (token.kind() == Token.Kind.PARAMETER) {
        return "the parameter %s has no value in a migration; write the value"
            .formatted(token.text());
      }
      if (isTemporary(before, token, keyword)) {
        return "temporary objects are not allowed: they are no part of the database; use a table"
            + " and drop it";
      }
      String reserved = reserved(before, token);
      if (reserved != null) {
        return reserved;
      }
      before = token;
    }
    return null;
  }

  private static boolean isTemporary(@Nullable Token before, Token token, String keyword) {
    boolean created = keyword.equals("CREATE") && before != null && before.isWord("CREATE");
    return created && (token.isWord("TEMP") || token.isWord("TEMPORARY"));
  }

  private static @Nullable String reserved(@Nullable Token before, Token token) {
    if (token.kind() == Token.Kind.STRING && !isName(before)) {
      return null;
    }
    if (token.startsWith("_CF_") || token.startsWith("_BURGAGE_")) {
      return "the name \"%s\" is reserved: names that begin with _cf_ or _burgage_ are the platform's; choose another"
          .formatted(token.text());
    }
    String lower = token.startsWith("SQLITE_") ? token.text().toLowerCase(Locale.ROOT) : "";
    if (!lower.isEmpty() && !SQLITE_TABLES.contains(lower)) {
      return "the name \"%s\" is reserved: names that begin with sqlite_ are SQLite's; choose another"
          .formatted(token.text());
    }
    return null;
  }

  private static boolean isName(@Nullable Token before) {
    return before != null
        && (before.isOperator(".")
            || (before.kind() == Token.Kind.WORD
                && BEFORE_NAME.contains(before.text().toUpperCase(Locale.ROOT))));
  }
}
