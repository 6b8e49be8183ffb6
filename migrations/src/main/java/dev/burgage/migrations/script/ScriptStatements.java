package dev.burgage.migrations.script;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Transactions;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.List;

/// What of a script is run. The transaction is made around it, so one `BEGIN` and `COMMIT` that a
/// script has around all of it, as scripts for golang-migrate and the `sqlite3` shell do, says what
/// is so anyway. Pragmas may stand outside of the two, as in SQLite's procedure for the rebuild of
/// a table. wrangler takes such a pair out of what it uploads, too.
public final class ScriptStatements {
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
    if (last <= first
        || !Transactions.begins(all.get(first).sql())
        || !Transactions.commits(all.get(last).sql())) {
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
}
