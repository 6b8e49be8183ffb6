package dev.burgage.node.transfer;

import dev.burgage.migrations.sql.StatementReader;
import dev.burgage.migrations.sql.StatementTooLongException;
import dev.burgage.node.engine.Load;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.sql.Script;
import dev.burgage.node.sql.Scripts;
import dev.burgage.node.sql.SqlRefusedException;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.TransferProgress.Loaded;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads SQL statement by statement into a database, through the gate of all tenant SQL. For one
/// import.
final class SqlImport {
  private static final int SHOWN_CHARACTERS_MAX = 200;

  private final InputStream sql;
  private final Scripts scripts;
  private final Transfer transfer;
  private final Load.Around around;
  private @Nullable String newest;

  SqlImport(InputStream sql, Scripts scripts, Transfer transfer, Load.Around around) {
    this.around = around;
    this.sql = sql;
    this.scripts = scripts;
    this.transfer = transfer;
  }

  /// @throws RuntimeException if anything failed; the database is as it was then
  Loaded into(SqliteDatabase database) {
    var decoder = StandardCharsets.UTF_8.newDecoder(); // which reports what is not UTF-8
    Load.Loaded loaded = database.load(statements(new InputStreamReader(sql, decoder)));
    return new Loaded(
        loaded.bookmark().toString(),
        loaded.statements(),
        loaded.durationMillis(),
        loaded.changes(),
        loaded.lastRowId(),
        loaded.sizeAfter(),
        loaded.rowsRead());
  }

  /// The same, but a failure names the statement.
  ///
  /// @param of what has it
  Loaded into(SqliteDatabase database, String of) {
    try {
      return into(database);
    } catch (StatementFailedException | SqlRefusedException e) {
      String statement = newest;
      if (statement == null) {
        throw e;
      }
      String shown =
          statement.length() <= SHOWN_CHARACTERS_MAX
              ? statement
              : statement.substring(0, SHOWN_CHARACTERS_MAX) + "…";
      throw new BurgageException(
          ErrorCode.SQL_ERROR, "%s; this is in %s: %s".formatted(e.getMessage(), of, shown), e);
    }
  }

  private Load statements(Reader reader) {
    var statements = new DumpStatements(new StatementReader(reader, Load.STATEMENT_LENGTH_MAX));
    return new Load() {
      private long count;

      @Override
      public Around around() {
        return around;
      }

      @Override
      public @Nullable Script next() throws IOException {
        String statement = read();
        newest = statement;
        if (statement == null) {
          if (count == 0) {
            throw new SqlRefusedException("No SQL statements detected.");
          }
          transfer.progress(count);
          return null;
        }
        transfer.progress(count++);
        return scripts.admitOnce(statement);
      }

      private @Nullable String read() throws IOException {
        try {
          return statements.next();
        } catch (StatementTooLongException e) {
          throw new SqlRefusedException("statement too long: SQLITE_TOOBIG");
        } catch (CharacterCodingException e) {
          throw new SqlRefusedException("The file is not UTF-8 text.");
        }
      }
    };
  }
}
