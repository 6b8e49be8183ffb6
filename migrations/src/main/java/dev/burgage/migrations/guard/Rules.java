package dev.burgage.migrations.guard;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What each policy allows, by the actions that SQLite asks about. What is not known is refused.
///
/// Source: workerd, src/workerd/util/sqlite.c++ (`isAuthorized`, `ALLOWED_SQLITE_FUNCTIONS`,
/// `ALLOWED_PRAGMAS`); the actions' numbers and arguments: sqlite3.h, "Authorizer Action Codes".
final class Rules {
  private static final Set<String> FUNCTIONS =
      Set.of(
          """
          abs changes char coalesce concat concat_ws format glob hex ifnull iif instr
          last_insert_rowid length like likelihood likely load_extension lower ltrim max min nullif
          octet_length printf quote random randomblob replace round rtrim sign soundex substr
          substring total_changes trim typeof unhex unicode unlikely upper zeroblob
          date time datetime julianday unixepoch strftime timediff current_date current_time
          current_timestamp
          avg count group_concat string_agg sum total
          row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value
          nth_value
          acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi
          pow radians sin sinh sqrt tan tanh trunc
          json jsonb json_array jsonb_array json_array_length json_extract jsonb_extract -> ->>
          json_insert jsonb_insert json_object jsonb_object json_patch jsonb_patch json_remove
          jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type json_valid
          json_quote json_group_array jsonb_group_array json_group_object jsonb_group_object
          json_each json_tree
          match highlight bm25 snippet
          rtreecheck
          sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column
          sqlite_rename_quotefix
          """
              .strip()
              .split("\\s+"));

  /// Built-ins that D1 does not have and that can do no harm. A view or trigger that uses one works
  /// in the migration only.
  private static final Set<String> OPERATOR_FUNCTIONS =
      Set.of(
          """
          ceiling if json_array_insert json_error_position json_pretty jsonb_array_insert log10
          median percentile percentile_cont percentile_disc power sqlite_source_id sqlite_version
          subtype unistr unistr_quote
          """
              .strip()
              .split("\\s+"));

  /// Modules of virtual tables. SQLite knows no others on a guarded connection.
  private static final Set<String> MODULES = Set.of("fts5", "fts5vocab", "rtree", "rtree_i32");

  private static final Set<String> DUMP_PRAGMAS =
      Set.of("data_version", "quick_check", "table_list", "table_xinfo"); // the first is FTS5's

  /// What the tables of an R*Tree end with.
  private static final Set<String> TREE_TABLES = Set.of("_node", "_parent", "_rowid");

  private static final Set<String> SILENT_PRAGMAS = Set.of("data_version", "page_size");
  private static final Set<String> SWITCHES =
      Set.of(
          "case_sensitive_like",
          "defer_foreign_keys",
          "foreign_keys",
          "ignore_check_constraints",
          "legacy_alter_table",
          "recursive_triggers",
          "reverse_unordered_selects");
  private static final Set<String> SWITCH_VALUES =
      Set.of("on", "off", "yes", "no", "true", "false", "0", "1");
  private static final Set<String> NAMING_PRAGMAS =
      Set.of(
          "foreign_key_list",
          "index_info",
          "index_list",
          "index_xinfo",
          "table_info",
          "table_xinfo");
  private static final Set<String> PRAGMAS_WITH_NUMBER_OR_NAME =
      Set.of("foreign_key_check", "table_list", "quick_check");

  /// D1's own names, and those of the tables that Burgage keeps in a tenant's database.
  private static final String[] RESERVED = {"_cf_", "_burgage_"};

  private static final String MAIN = "main";
  private static final String TEMP = "temp";

  private Rules() {}

  /// @param action SQLite's number of it
  /// @param first what it is done to, if there is anything; so the second
  /// @param database `main`, `temp` or the name of an attached one
  /// @param inner the trigger or view that brings it about
  static boolean allow(
      Policy policy,
      int action,
      @Nullable String first,
      @Nullable String second,
      @Nullable String database,
      @Nullable String inner) {
    return switch (policy) {
      case NOBODY -> false;
      case TRUSTED -> true;
      case DUMP -> inner == null && dumps(action, first, second);
      case READER, TENANT_READING ->
          isFree(inner)
              && (isMain(database)
                  ? reads(policy, action, first, second)
                  : TEMP.equals(database) && action == Action.READ);
      case TENANT, OPERATOR ->
          isFree(inner)
              && ((isMain(database) || action == Action.ALTER_TABLE)
                  ? main(policy, action, first, second)
                  : TEMP.equals(database) && temporary(action));
    };
  }

  // A dump's own statements call no functions; quick_check asks for those in columns' defaults.
  private static boolean dumps(int action, @Nullable String first, @Nullable String second) {
    return switch (action) {
      case Action.SELECT, Action.READ, Action.TRANSACTION -> true;
      case Action.PRAGMA -> first != null && DUMP_PRAGMAS.contains(lower(first));
      case Action.FUNCTION -> second != null && isHarmless(lower(second));
      // An R*Tree prepares its writes when it is opened. The connection must be read-only besides.
      case Action.INSERT, Action.UPDATE, Action.DELETE -> isOfTree(first);
      default -> false;
    };
  }

  private static boolean isHarmless(String function) {
    return !function.equals("load_extension") && function(Policy.OPERATOR, function);
  }

  private static boolean reads(
      Policy policy, int action, @Nullable String first, @Nullable String second) {
    return switch (action) {
      case Action.SELECT, Action.RECURSIVE -> true;
      case Action.READ -> isFree(first);
      case Action.FUNCTION -> second != null && function(policy, lower(second));
      case Action.PRAGMA ->
          policy == Policy.TENANT_READING && first != null && tells(lower(first), second);
      // As for a dump.
      case Action.INSERT, Action.UPDATE, Action.DELETE ->
          policy == Policy.TENANT_READING && isFree(first) && isOfTree(first);
      default -> false;
    };
  }

  // Those that change something, if only how their connection behaves, are the others.
  private static boolean tells(String pragma, @Nullable String argument) {
    return !pragma.equals("optimize")
        && (!SWITCHES.contains(pragma) || argument == null)
        && pragma(pragma, argument);
  }

  private static boolean isOfTree(@Nullable String table) {
    return table != null && TREE_TABLES.stream().anyMatch(lower(table)::endsWith);
  }

  private static boolean main(
      Policy policy, int action, @Nullable String first, @Nullable String second) {
    return switch (action) {
      // Of all tables, the platform's too, these two take note or put right what is there.
      case Action.SELECT, Action.RECURSIVE, Action.ANALYZE, Action.REINDEX -> true;
      case Action.READ,
          Action.INSERT,
          Action.UPDATE,
          Action.DELETE,
          Action.CREATE_TABLE,
          Action.DROP_TABLE,
          Action.CREATE_VIEW,
          Action.DROP_VIEW ->
          isFree(first);
      case Action.CREATE_INDEX, Action.DROP_INDEX, Action.CREATE_TRIGGER, Action.DROP_TRIGGER ->
          isFree(first) && isFree(second);
      // Its database is the first; in place of it, DROP COLUMN tells the column (alter.c).
      case Action.ALTER_TABLE -> MAIN.equals(first) && isFree(second);
      case Action.CREATE_VIRTUAL_TABLE, Action.DROP_VIRTUAL_TABLE ->
          isFree(first) && second != null && MODULES.contains(lower(second));
      case Action.FUNCTION -> second != null && function(policy, lower(second));
      case Action.PRAGMA -> first != null && pragma(lower(first), second);
      default -> false;
    };
  }

  // Functions and pragmas name no database.
  private static boolean isMain(@Nullable String database) {
    return database == null || database.equals(MAIN);
  }

  // SQLite looks into its list of temporary objects on many occasions; there never are any.
  private static boolean temporary(int action) {
    return action == Action.READ || action == Action.UPDATE;
  }

  private static boolean function(Policy policy, String name) {
    return FUNCTIONS.contains(name)
        || ((policy == Policy.OPERATOR || policy == Policy.READER)
            && OPERATOR_FUNCTIONS.contains(name));
  }

  private static boolean pragma(String name, @Nullable String argument) {
    if (SILENT_PRAGMAS.contains(name)) {
      return argument == null;
    }
    if (SWITCHES.contains(name)) {
      return argument == null || SWITCH_VALUES.contains(lower(argument));
    }
    // Of the platform's tables, too: tools join these with sqlite_master, where they stand.
    if (NAMING_PRAGMAS.contains(name)) {
      return argument != null;
    }
    if (PRAGMAS_WITH_NUMBER_OR_NAME.contains(name)) {
      return isFree(argument);
    }
    return name.equals("optimize") && (argument == null || isNumber(argument));
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == 'x' || c == '-');
  }

  /// Whether a name, if there is one, does not belong to the platform.
  private static boolean isFree(@Nullable String name) {
    if (name == null) {
      return true;
    }
    for (String prefix : RESERVED) {
      if (name.regionMatches(/* ignoreCase= */ true, 0, prefix, 0, prefix.length())) {
        return false;
      }
    }
    return true;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// SQLite's numbers of the actions that may be allowed.
  private static final class Action {
    private static final int CREATE_INDEX = 1;
    private static final int CREATE_TABLE = 2;
    private static final int CREATE_TRIGGER = 7;
    private static final int CREATE_VIEW = 8;
    private static final int DELETE = 9;
    private static final int DROP_INDEX = 10;
    private static final int DROP_TABLE = 11;
    private static final int DROP_TRIGGER = 16;
    private static final int DROP_VIEW = 17;
    private static final int INSERT = 18;
    private static final int PRAGMA = 19;
    private static final int READ = 20;
    private static final int SELECT = 21;
    private static final int TRANSACTION = 22;
    private static final int UPDATE = 23;
    private static final int ALTER_TABLE = 26;
    private static final int REINDEX = 27;
    private static final int ANALYZE = 28;
    private static final int CREATE_VIRTUAL_TABLE = 29;
    private static final int DROP_VIRTUAL_TABLE = 30;
    private static final int FUNCTION = 31;
    private static final int RECURSIVE = 33;

    private Action() {}
  }
}
