package dev.burgage.node.sql;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says of tenant SQL, by its tokens alone, whether it may be tried and on which connection. What
/// it does not know it lets SQLite refuse. Texts of refusals are D1's. It stops accidents and the
/// known ways out; SQLite's own authorizer is to stand behind it and does not yet: see SECURITY.md.
/// Stateless.
final class SqlGate {
  private static final String TRANSACTIONS =
      "To execute a transaction, please use the state.storage.transaction() or"
          + " state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or"
          + " SAVEPOINT statements. The JavaScript API is safer because it will automatically roll"
          + " back on exceptions, and because it interacts correctly with Durable Objects'"
          + " automatic atomic write coalescing.";
  private static final String NOT_AUTHORIZED = "not authorized: SQLITE_AUTH";

  /// Pragmas that only tell something: workerd's list (src/workerd/util/sqlite.c++).
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

  /// Pragmas that change how the rest of the transaction runs, or write.
  private static final Set<String> SETTING_PRAGMAS =
      Set.of(
          "case_sensitive_like",
          "defer_foreign_keys",
          "foreign_keys",
          "ignore_check_constraints",
          "legacy_alter_table",
          "optimize",
          "recursive_triggers",
          "reverse_unordered_selects");

  private static final Set<String> READ_ONLY_NUMBERS = Set.of("data_version", "page_size");

  /// Functions that the bundled SQLite has and D1 has not, and that can end the process or leave
  /// the database.
  private static final Set<String> FORBIDDEN_FUNCTIONS =
      Set.of("replicate", "padl", "padr", "padc", "load_extension", "fts3_tokenizer");

  /// Modules of virtual tables: workerd's list.
  private static final Set<String> MODULES = Set.of("fts5", "fts5vocab", "rtree", "rtree_i32");

  /// Tables that are always there and tell of the file or of other statements.
  private static final Set<String> FORBIDDEN_TABLES =
      Set.of("dbstat", "sqlite_stmt", "sqlite_dbpage", "fts3tokenize", "bytecode", "tables_used");

  private static final String PRAGMA_FUNCTION = "PRAGMA_";

  /// Names that tenants can't use: D1's own, and the tables that Burgage keeps in a tenant's
  /// database.
  private static final List<String> RESERVED_PREFIXES = List.of("_CF_", "_BURGAGE_");

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
    for (SqlStatement part : parts) {
      Access own = access(part.sql());
      checkTokens(part.sql());
      statements.add(part.sql());
      access = access.and(own);
      changesSchema |= own == Access.ALONE;
    }
    return new Script(statements, access, changesSchema);
  }

  private static Access access(String statement) {
    return switch (StatementSplitter.firstKeyword(statement)) {
      case "INSERT", "REPLACE", "UPDATE", "DELETE" -> Access.WRITE;
      case "CREATE", "DROP", "ALTER", "REINDEX", "ANALYZE" -> Access.ALONE;
      case "PRAGMA" -> pragma(statement);
      case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE" ->
          throw new SqlRefusedException(TRANSACTIONS);
      case "ATTACH", "DETACH" -> throw new SqlRefusedException(NOT_AUTHORIZED);
      case "VACUUM" ->
          throw new SqlRefusedException("cannot VACUUM from within a transaction: SQLITE_ERROR");
      // SELECT, VALUES, WITH, and what SQLite will refuse. A WITH that writes fails on the reader
      // and is then run on the writer.
      default -> Access.READ;
    };
  }

  private static Access pragma(String statement) {
    SqlTokens tokens = new SqlTokens(statement);
    Token token = tokens.next();
    while (token != null && !token.isWord("PRAGMA")) {
      token = tokens.next();
    }
    Token name = tokens.next();
    Token after = tokens.next();
    if (name == null || (after != null && after.isOperator("."))) {
      throw new SqlRefusedException(NOT_AUTHORIZED);
    }
    String pragma = name.text().toLowerCase(Locale.ROOT);
    boolean argument = after != null && !after.isOperator(";");
    if (READING_PRAGMAS.contains(pragma) && !(argument && READ_ONLY_NUMBERS.contains(pragma))) {
      return Access.READ;
    }
    if (SETTING_PRAGMAS.contains(pragma)) {
      return Access.ALONE;
    }
    throw new SqlRefusedException(NOT_AUTHORIZED);
  }

  private static void checkTokens(String statement) {
    SqlTokens tokens = new SqlTokens(statement);
    Token before = null;
    boolean create = false;
    boolean virtual = false;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (before == null || before.isOperator(";")) {
        create = token.isWord("CREATE");
      }
      virtual |= create && token.isWord("VIRTUAL");
      checkName(before, token, virtual);
      checkTemporary(before, token, create);
      checkFunction(before, token);
      checkTable(before, token);
      checkModule(before, token, virtual);
      before = token;
    }
  }

  private static void checkName(@Nullable Token before, Token token, boolean virtual) {
    if (!isReserved(token, virtual)) {
      return;
    }
    // SQLite takes a 'string' for a name where a name must stand; beside these operators it is a
    // value
    // (drizzle-kit asks: name NOT LIKE '_cf_%').
    boolean value = token.kind() == Token.Kind.STRING && !virtual && takesValue(before);
    if (!value) {
      throw new SqlRefusedException(
          "access to %s is prohibited: names that start with _cf_ or _burgage_ are reserved:"
                  .formatted(token.text())
              + " SQLITE_AUTH");
    }
  }

  // The arguments of a virtual table are raw text, in which a name may stand anywhere.
  private static boolean isReserved(Token token, boolean virtual) {
    for (String prefix : RESERVED_PREFIXES) {
      if (token.startsWith(prefix)
          || (virtual && token.text().toUpperCase(Locale.ROOT).contains(prefix))) {
        return true;
      }
    }
    return false;
  }

  private static boolean takesValue(@Nullable Token before) {
    return before != null
        && (before.isWord("LIKE")
            || before.isWord("GLOB")
            || before.isOperator("=")
            || before.isOperator("==")
            || before.isOperator("!=")
            || before.isOperator("<>"));
  }

  private static void checkTemporary(@Nullable Token before, Token token, boolean create) {
    boolean created =
        create
            && before != null
            && before.isWord("CREATE")
            && (token.isWord("TEMP") || token.isWord("TEMPORARY"));
    boolean qualified =
        token.isOperator(".") && before != null && before.text().equalsIgnoreCase("temp");
    if (created || qualified) {
      throw new SqlRefusedException(NOT_AUTHORIZED);
    }
  }

  private static void checkTable(@Nullable Token before, Token token) {
    if (token.kind() == Token.Kind.STRING && takesValue(before)) {
      return;
    }
    String name = token.text().toLowerCase(Locale.ROOT);
    boolean pragma =
        token.startsWith(PRAGMA_FUNCTION)
            && !READING_PRAGMAS.contains(name.substring(PRAGMA_FUNCTION.length()));
    if (pragma || (isName(token) && FORBIDDEN_TABLES.contains(name))) {
      throw new SqlRefusedException("no such table: %s: SQLITE_ERROR".formatted(token.text()));
    }
  }

  private static boolean isName(Token token) {
    return switch (token.kind()) {
      case WORD, QUOTED_IDENTIFIER, STRING -> true;
      case BLOB, NUMBER, PARAMETER, OPERATOR, ILLEGAL -> false;
    };
  }

  private static void checkModule(@Nullable Token before, Token token, boolean virtual) {
    if (virtual
        && before != null
        && before.isWord("USING")
        && !MODULES.contains(token.text().toLowerCase(Locale.ROOT))) {
      throw new SqlRefusedException(NOT_AUTHORIZED);
    }
  }

  private static void checkFunction(@Nullable Token before, Token token) {
    if (before != null
        && token.isOperator("(")
        && FORBIDDEN_FUNCTIONS.contains(before.text().toLowerCase(Locale.ROOT))) {
      throw new SqlRefusedException(
          "not authorized to use function: %s: SQLITE_ERROR".formatted(before.text()));
    }
  }
}
