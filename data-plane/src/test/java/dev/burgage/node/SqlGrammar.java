package dev.burgage.node;

import java.util.List;
import java.util.random.RandomGenerator;

/// Makes statements: most of them right enough to run, some of them torn. All that it does follows
/// from the numbers that it is given.
final class SqlGrammar {
  private static final int DEPTH_MAX = 5;
  // The last ones are not always there.
  private static final List<String> TABLES = List.of("t", "s", "t", "s", "f", "r", "v", "t2");
  private static final List<String> COLUMNS = List.of("a", "b", "x", "c");
  private static final List<String> FUNCTIONS =
      List.of(
          "abs",
          "char",
          "coalesce",
          "format",
          "glob",
          "group_concat",
          "hex",
          "iif",
          "instr",
          "json",
          "json_array",
          "json_extract",
          "json_group_array",
          "json_object",
          "json_patch",
          "json_set",
          "jsonb",
          "length",
          "like",
          "lower",
          "ltrim",
          "max",
          "min",
          "printf",
          "quote",
          "random",
          "randomblob",
          "replace",
          "round",
          "rtrim",
          "soundex",
          "strftime",
          "substr",
          "sum",
          "total",
          "trim",
          "typeof",
          "unhex",
          "unicode",
          "upper",
          "zeroblob",
          "bm25",
          "snippet",
          "highlight",
          "row_number",
          "lag",
          "ntile",
          "date",
          "julianday",
          "changes");
  private static final List<String> REFUSED =
      List.of("replicate", "padl", "median", "load_extension", "fts3_tokenizer", "sqlite_version");
  private static final List<String> OPERATORS =
      List.of(
          "+",
          "-",
          "*",
          "/",
          "%",
          "||",
          "=",
          "<>",
          "<",
          ">=",
          "AND",
          "OR",
          "LIKE",
          "GLOB",
          "IS",
          "->",
          "->>",
          "<<",
          "&",
          "BETWEEN 1 AND");
  private static final List<String> LITERALS =
      List.of(
          "1",
          "-9223372036854775808",
          "9223372036854775807",
          "1e308",
          "0.5",
          "NULL",
          "''",
          "'a'",
          "'%_%_%'",
          "x'00ff'",
          "x''",
          "'{\"a\":[1,{\"b\":2}]}'",
          "'2026-11-22'",
          "65536",
          "1000000000",
          "'\u00e4\ud83d\ude00'",
          "?1",
          "CURRENT_TIMESTAMP",
          "TRUE",
          "2",
          "'b'",
          "7",
          "'text'",
          "-1",
          "randomblob(100000)",
          "zeroblob(4000000)",
          "hex(zeroblob(900000))");
  private static final List<String> PRAGMAS =
      List.of(
          "table_info(t)",
          "journal_mode=off",
          "writable_schema=1",
          "quick_check",
          "optimize",
          "foreign_keys=off",
          "cache_size=-100000000",
          "page_count",
          "integrity_check",
          "temp_store_directory='/tmp'",
          "case_sensitive_like=1",
          "max_page_count=1");

  private final RandomGenerator random;

  SqlGrammar(RandomGenerator random) {
    this.random = random;
  }

  private String function() {
    return onceIn(60) ? any(REFUSED) : any(FUNCTIONS);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean onceIn(int times) {
    return random.nextInt(times) == 0;
  }

  /// One statement or some.
  String script() {
    StringBuilder script = new StringBuilder(statement());
    while (onceIn(6)) {
      script.append(';').append(statement());
    }
    return onceIn(8) ? torn(script.toString()) : script.toString();
  }

  private String statement() {
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5 -> select(0);
      case 6 ->
          "WITH RECURSIVE c(x) AS (%s UNION ALL SELECT x + 1 FROM c%s) %s"
              .formatted(select(3), onceIn(2) ? " LIMIT 1000" : "", select(1));
      case 7, 8 ->
          "INSERT %sINTO %s VALUES (%s, %s)%s"
              .formatted(
                  onceIn(3) ? "OR REPLACE " : "",
                  any(TABLES),
                  expression(2),
                  expression(2),
                  onceIn(3) ? " ON CONFLICT DO UPDATE SET b = " + expression(3) : "");
      case 9 ->
          "UPDATE %s SET b = %s WHERE %s".formatted(any(TABLES), expression(1), expression(2));
      case 10 ->
          "DELETE FROM %s WHERE %s RETURNING %s"
              .formatted(any(TABLES), expression(2), expression(3));
      case 11 ->
          "CREATE TABLE IF NOT EXISTS t2(a, b GENERATED ALWAYS AS (%s), CHECK (%s))"
              .formatted(expression(2), expression(3));
      case 12 ->
          onceIn(2)
              ? "CREATE VIEW v AS " + select(1)
              : "CREATE INDEX i%d ON t(%s)".formatted(random.nextInt(3), expression(2));
      case 13 ->
          "CREATE TRIGGER g%d AFTER INSERT ON t BEGIN %s; END"
              .formatted(random.nextInt(2), statement());
      case 14 ->
          "DROP %s IF EXISTS %s"
              .formatted(
                  any(List.of("TABLE", "VIEW", "TRIGGER", "INDEX")),
                  any(List.of("t2", "v", "g0", "g1", "i0", "i1", "new")));
      default ->
          any(List.of("PRAGMA ", "EXPLAIN ", "EXPLAIN QUERY PLAN ", "ATTACH ", "VACUUM INTO "))
              + (onceIn(2) ? any(PRAGMAS) : select(2));
    };
  }

  private String select(int depth) {
    StringBuilder sql = new StringBuilder("SELECT ");
    sql.append(onceIn(8) ? "DISTINCT " : "").append(expression(depth));
    while (onceIn(3)) {
      sql.append(", ").append(expression(depth));
    }
    if (!onceIn(4)) {
      sql.append(" FROM ").append(source(depth));
      while (onceIn(3)) {
        sql.append(onceIn(2) ? ", " : " LEFT JOIN ").append(source(depth));
      }
    }
    sql.append(onceIn(2) ? " WHERE " + expression(depth + 1) : "");
    sql.append(onceIn(6) ? " GROUP BY " + expression(depth + 2) : "");
    sql.append(onceIn(6) ? " ORDER BY " + expression(depth + 2) : "");
    return sql.append(onceIn(3) ? " LIMIT " + random.nextInt(100) : "").toString();
  }

  private String source(int depth) {
    if (depth < DEPTH_MAX && onceIn(5)) {
      return "(" + select(depth + 2) + ")";
    }
    return onceIn(6)
        ? any(List.of("json_each(", "json_tree(", "pragma_table_info("))
            + expression(depth + 2)
            + ")"
        : any(TABLES);
  }

  private String expression(int depth) {
    if (depth >= DEPTH_MAX || onceIn(4)) {
      return onceIn(3) ? any(COLUMNS) : any(LITERALS);
    }
    return switch (random.nextInt(8)) {
      case 0 -> "(" + expression(depth + 1) + ")";
      case 1 -> "(" + select(depth + 1) + ")";
      case 2 ->
          "CASE WHEN %s THEN %s ELSE %s END"
              .formatted(expression(depth + 1), expression(depth + 2), expression(depth + 2));
      case 3 ->
          "CAST(%s AS %s)".formatted(expression(depth + 1), any(List.of("TEXT", "BLOB", "INT")));
      case 4, 5 -> call(depth);
      default -> "%s %s %s".formatted(expression(depth + 1), any(OPERATORS), expression(depth + 1));
    };
  }

  private String call(int depth) {
    StringBuilder call = new StringBuilder(function()).append('(');
    for (int left = onceIn(10) ? 0 : 1 + random.nextInt(3); left > 0; left--) {
      call.append(expression(depth + 1)).append(left > 1 ? ", " : "");
    }
    return call.append(onceIn(12) ? ") OVER ()" : ")").toString();
  }

  /// Some characters lost, doubled or changed.
  String torn(String sql) {
    StringBuilder torn = new StringBuilder(sql);
    for (int wounds = 1 + random.nextInt(4); wounds > 0 && !torn.isEmpty(); wounds--) {
      int at = random.nextInt(torn.length());
      int to = Math.min(torn.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> torn.delete(at, to);
        case 1 -> torn.insert(at, torn.substring(at, to));
        case 2 -> torn.setCharAt(at, (char) random.nextInt(0x300));
        default ->
            torn.insert(at, any(List.of("\0", "/*", "--", "'", "\"", "(", ";", "\ud800", "[")));
      }
    }
    return torn.toString();
  }
}
