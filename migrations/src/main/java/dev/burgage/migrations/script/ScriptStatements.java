package dev.burgage.migrations.script;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// What of a script is run. The transaction is made around it, so one `BEGIN` and `COMMIT` that a
/// script has around all of it, as scripts for golang-migrate and the `sqlite3` shell do, says what
/// is so anyway. Pragmas may stand outside of the two, as in SQLite's procedure for the rebuild of
/// a table. wrangler takes such a pair out of what it uploads, too.
public final class ScriptStatements {
  private static final Pattern BEGIN =
      Pattern.compile("BEGIN( (DEFERRED|IMMEDIATE|EXCLUSIVE))?( TRANSACTION)?( ;)?");
  private static final Pattern COMMIT = Pattern.compile("(COMMIT|END)( TRANSACTION)?( ;)?");

  private ScriptStatements() {}

  /// In their order, with their places in the script.
  public static List<SqlStatement> of(MigrationScript script) {
    List<SqlStatement> all = StatementSplitter.split(script.sql());
    int first = 0;
    while (first < all.size() && isPragma(all.get(first))) {
      first++;
    }
    int last = all.size() - 1;
    while (last > first && isPragma(all.get(last))) {
      last--;
    }
    if (last <= first || !says(BEGIN, all.get(first)) || !says(COMMIT, all.get(last))) {
      return all;
    }
    List<SqlStatement> within = new ArrayList<>(all);
    within.remove(last);
    within.remove(first);
    return within;
  }

  private static boolean isPragma(SqlStatement statement) {
    return Pragma.of(statement.sql()) != null;
  }

  private static boolean says(Pattern pattern, SqlStatement statement) {
    var words = new StringJoiner(" ");
    SqlTokens tokens = new SqlTokens(statement.sql());
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      words.add(token.source().substring(token.start(), token.end()).toUpperCase(Locale.ROOT));
    }
    return pattern.matcher(words.toString()).matches();
  }
}
