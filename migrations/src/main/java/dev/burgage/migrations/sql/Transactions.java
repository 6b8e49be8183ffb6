package dev.burgage.migrations.sql;

import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// Tells the two statements that stand around a transaction (sqlite.org/lang_transaction.html).
public final class Transactions {
  private static final Pattern BEGIN =
      Pattern.compile("BEGIN( (DEFERRED|IMMEDIATE|EXCLUSIVE))?( TRANSACTION)?( ;)?");
  private static final Pattern COMMIT = Pattern.compile("(COMMIT|END)( TRANSACTION)?( ;)?");

  private Transactions() {}

  /// Whether a statement begins a transaction.
  public static boolean begins(String sql) {
    return is("BEGIN", sql) && BEGIN.matcher(words(sql)).matches();
  }

  /// Whether a statement commits one.
  public static boolean commits(String sql) {
    return (is("COMMIT", sql) || is("END", sql)) && COMMIT.matcher(words(sql)).matches();
  }

  // Others may have megabytes.
  private static boolean is(String keyword, String sql) {
    return StatementSplitter.firstKeyword(sql).equals(keyword);
  }

  private static String words(String sql) {
    var words = new StringJoiner(" ");
    SqlTokens tokens = new SqlTokens(sql);
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      words.add(token.source().substring(token.start(), token.end()).toUpperCase(Locale.ROOT));
    }
    return words.toString();
  }
}
