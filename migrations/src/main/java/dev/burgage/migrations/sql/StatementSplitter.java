package dev.burgage.migrations.sql;

import java.util.ArrayList;
import java.util.List;

/// Splits a script into statements where SQLite itself sees their ends: a `;` outside of strings,
/// quoted names and comments, and outside of the body of a `CREATE TRIGGER … END`. Stateless.
///
/// The driver must be given one statement at a time: `prepareStatement` silently drops what follows
/// the first one.
///
/// This is the automaton of `sqlite3_complete()` (SQLite's complete.c, public domain).
public final class StatementSplitter {
  private static final int SEMICOLON = 0;
  private static final int BLANK = 1;
  private static final int OTHER = 2;
  private static final int EXPLAIN = 3;
  private static final int CREATE = 4;
  private static final int TEMPORARY = 5;
  private static final int TRIGGER = 6;
  private static final int END = 7;

  /// The state in which nothing but blanks has been seen since the last statement.
  private static final int AT_START = 1;

  /// Next state by state and token, as in complete.c: invalid, start, normal, explain, create,
  /// trigger, semicolon in a trigger, end of a trigger.
  private static final int[][] NEXT = {
    {1, 0, 2, 3, 4, 2, 2, 2},
    {1, 1, 2, 3, 4, 2, 2, 2},
    {1, 2, 2, 2, 2, 2, 2, 2},
    {1, 3, 3, 2, 4, 2, 2, 2},
    {1, 4, 2, 2, 2, 4, 5, 2},
    {6, 5, 5, 5, 5, 5, 5, 5},
    {6, 6, 5, 5, 5, 5, 5, 7},
    {1, 7, 5, 5, 5, 5, 5, 5},
  };

  private StatementSplitter() {}

  /// @return the script's statements in order; parts of blanks, comments and `;` only are left out
  public static List<SqlStatement> split(String script) {
    List<SqlStatement> statements = new ArrayList<>(1);
    int line = 1;
    int counted = 0;
    int from = 0;
    while (from < script.length()) {
      int end = end(script, from);
      int first = SqlTokens.firstSignificant(script, from, end);
      if (first >= 0) {
        line += linesBetween(script, counted, first);
        counted = first;
        int number = statements.size() + 1;
        statements.add(new SqlStatement(script.substring(from, end), from, line, number));
      }
      from = end;
    }
    return statements;
  }

  /// The keyword that says what a statement does, in upper case: its first word after blanks,
  /// comments, byte order marks, `;` and `EXPLAIN [QUERY PLAN]`. If the statement begins with
  /// something else, that token; `""` if there is nothing.
  public static String firstKeyword(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    boolean explained = false;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      boolean skipped =
          token.isOperator(";")
              || token.isWord("EXPLAIN")
              || (explained && (token.isWord("QUERY") || token.isWord("PLAN")));
      explained |= token.isWord("EXPLAIN");
      if (!skipped) {
        return token.kind() == Token.Kind.WORD ? Characters.upper(token.text()) : token.text();
      }
    }
    return "";
  }

  /// Whether the statement is an `EXPLAIN` of another.
  public static boolean isExplained(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    Token token = tokens.next();
    while (token != null && token.isOperator(";")) {
      token = tokens.next();
    }
    return token != null && token.isWord("EXPLAIN");
  }

  /// Where the statement that begins at `from` ends: after its `;`, or at the end of the script.
  static int end(String script, int from) {
    int state = AT_START;
    int i = from;
    while (i < script.length()) {
      char c = script.charAt(i);
      int after = Characters.endOfToken(script, i);
      if (c == ';') {
        state = NEXT[state][SEMICOLON];
        if (state == AT_START) {
          return after;
        }
      } else {
        state = NEXT[state][kind(script, i, after)];
      }
      i = after;
    }
    return script.length();
  }

  private static int kind(String script, int start, int end) {
    if (Characters.isBlankOrComment(script, start)) {
      return BLANK;
    }
    return switch (end - start) {
      case 3 -> Characters.equal(script, start, end, "END") ? END : OTHER;
      case 4 -> Characters.equal(script, start, end, "TEMP") ? TEMPORARY : OTHER;
      case 6 -> Characters.equal(script, start, end, "CREATE") ? CREATE : OTHER;
      case 7 -> kindOfSeven(script, start, end);
      case 9 -> Characters.equal(script, start, end, "TEMPORARY") ? TEMPORARY : OTHER;
      default -> OTHER;
    };
  }

  private static int kindOfSeven(String script, int start, int end) {
    if (Characters.equal(script, start, end, "TRIGGER")) {
      return TRIGGER;
    }
    return Characters.equal(script, start, end, "EXPLAIN") ? EXPLAIN : OTHER;
  }

  private static int linesBetween(String text, int from, int to) {
    int lines = 0;
    for (int i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) {
      lines++;
    }
    return lines;
  }
}
