package dev.burgage.node.transfer;

import dev.burgage.migrations.script.Pragma;
import dev.burgage.migrations.sql.StatementReader;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Transactions;
import dev.burgage.node.sql.SqlRefusedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The statements of an import, without one `BEGIN` and `COMMIT` around all but pragmas, which the
/// `sqlite3` shell's `.dump` has: an import is a transaction anyway. A cursor: for one thread, and
/// one pass.
final class DumpStatements {
  private enum Part {
    BEFORE,
    WITHIN,
    AFTER,
    WITHOUT
  }

  private final StatementReader statements;
  private Part part = Part.BEFORE;

  DumpStatements(StatementReader statements) {
    this.statements = statements;
  }

  /// @return the next statement, or null after the last
  /// @throws SqlRefusedException if a transaction does not end with the file
  @Nullable String next() throws IOException {
    String statement = statements.next();
    return switch (part) {
      case BEFORE -> before(statement);
      case WITHIN -> within(statement);
      case AFTER -> after(statement);
      case WITHOUT -> statement;
    };
  }

  private @Nullable String before(@Nullable String statement) throws IOException {
    if (statement == null || Pragma.of(statement) != null) {
      return statement;
    }
    boolean begins = Transactions.begins(statement);
    part = begins ? Part.WITHIN : Part.WITHOUT;
    return begins ? next() : statement;
  }

  private @Nullable String within(@Nullable String statement) throws IOException {
    if (statement == null) {
      throw new SqlRefusedException(
          "The file begins a transaction and ends without COMMIT: it may be cut short. Nothing was"
              + " changed.");
    }
    if (Transactions.commits(statement)) {
      part = Part.AFTER;
      return next();
    }
    if (StatementSplitter.firstKeyword(statement).equals("ROLLBACK")) {
      throw new SqlRefusedException(
          "The file has a ROLLBACK, which sqlite3 writes when it could not read the whole database."
              + " Nothing was changed.");
    }
    return statement;
  }

  private static @Nullable String after(@Nullable String statement) {
    if (statement != null && Pragma.of(statement) == null) {
      throw new SqlRefusedException(
          "There are statements behind COMMIT: an import is one transaction, so only one BEGIN and"
              + " COMMIT may be around all of it. Nothing was changed.");
    }
    return statement;
  }
}
