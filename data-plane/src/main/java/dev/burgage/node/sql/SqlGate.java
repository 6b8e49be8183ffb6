package dev.burgage.node.sql;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Splits tenant SQL, says on which connection a statement may run, and refuses what SQLite's
/// authorizer cannot know of or D1 refuses in other words than SQLite: transactions, VACUUM, the
/// new name of a table. All else is the guard's business, which sees what SQLite sees. Stateless.
final class SqlGate {
  private static final String TRANSACTIONS =
      "To execute a transaction, please use the state.storage.transaction() or"
          + " state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or"
          + " SAVEPOINT statements. The JavaScript API is safer because it will automatically roll"
          + " back on exceptions, and because it interacts correctly with Durable Objects'"
          + " automatic atomic write coalescing.";
  private static final String NOT_AUTHORIZED = "not authorized: SQLITE_AUTH";

  /// Pragmas that only tell something. The others run alone: they change how the rest of the
  /// transaction runs, or write, or are refused.
  private static final Set<String> READING_PRAGMAS =
      Set.of(
          "table_list",
          "table_info",
          "table_xinfo",
          "index_list",
          "index_info",
          "index_xinfo",
          "foreign_key_list",
          "foreign_key_check",
          "quick_check",
          "data_version",
          "page_size");

  private SqlGate() {}

  /// @throws SqlRefusedException if the SQL may not be tried
  static Script admit(String sql) {
    if (sql.indexOf('\0') >= 0) {
      throw new SqlRefusedException("SQL text may not contain a NUL character: SQLITE_ERROR");
    }
    List<SqlStatement> parts = StatementSplitter.split(sql);
    if (parts.isEmpty()) {
      throw new SqlRefusedException("SQL code did not contain a statement.");
    }
    List<String> statements = new ArrayList<>(parts.size());
    Access access = Access.READ;
    boolean changesSchema = false;
    boolean setsPragma = false;
    for (SqlStatement part : parts) {
      Access own = access(part.sql());
      // Errors count their offset from where each begins, but the first from the text's beginning.
      statements.add(statements.isEmpty() ? part.sql() : part.sql().stripLeading());
      access = access.and(own);
      changesSchema |= own == Access.ALONE;
      setsPragma |= own == Access.ALONE && isPragma(part.sql());
    }
    return new Script(statements, access, changesSchema, setsPragma);
  }

  private static Access access(String statement) {
    return switch (StatementSplitter.firstKeyword(statement)) {
      case "INSERT", "REPLACE", "UPDATE", "DELETE" -> Access.WRITE;
      case "ALTER" -> {
        checkNewName(statement);
        yield Access.ALONE;
      }
      case "CREATE", "DROP", "REINDEX", "ANALYZE" -> Access.ALONE;
      case "PRAGMA", "EXPLAIN" -> isPragma(statement) ? pragma(statement) : Access.READ;
      case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE" ->
          throw new SqlRefusedException(TRANSACTIONS);
      case "VACUUM" ->
          throw new SqlRefusedException("cannot VACUUM from within a transaction: SQLITE_ERROR");
      // SELECT, VALUES, WITH, and what SQLite will refuse. A WITH that writes fails on the reader
      // and is then run on the writer.
      default -> Access.READ;
    };
  }

  // Some pragmas do what they do when they are prepared, so explained ones, too.
  private static boolean isPragma(String statement) {
    SqlTokens tokens = new SqlTokens(statement);
    Token token = tokens.next();
    while (token != null
        && (token.isWord("EXPLAIN") || token.isWord("QUERY") || token.isWord("PLAN"))) {
      token = tokens.next();
    }
    return token != null && token.isWord("PRAGMA");
  }

  private static Access pragma(String statement) {
    SqlTokens tokens = new SqlTokens(statement);
    Token token = tokens.next();
    while (token != null && !token.isWord("PRAGMA")) {
      token = tokens.next();
    }
    Token name = tokens.next();
    return name != null && READING_PRAGMAS.contains(name.text().toLowerCase(Locale.ROOT))
        ? Access.READ
        : Access.ALONE;
  }

  // SQLite asks its authorizer about a table's old name only.
  private static void checkNewName(String statement) {
    SqlTokens tokens = new SqlTokens(statement);
    boolean renamed = false;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (renamed && (token.startsWith("_CF_") || token.startsWith("_BURGAGE_"))) {
        throw new SqlRefusedException(NOT_AUTHORIZED);
      }
      renamed |= token.isWord("RENAME");
    }
  }
}
