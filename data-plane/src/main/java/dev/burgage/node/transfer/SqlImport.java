package dev.burgage.node.transfer;

import dev.burgage.migrations.sql.StatementReader;
import dev.burgage.migrations.sql.StatementTooLongException;
import dev.burgage.node.engine.Load;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.sql.Script;
import dev.burgage.node.sql.Scripts;
import dev.burgage.node.sql.SqlRefusedException;
import dev.burgage.protocol.node.TransferProgress.Loaded;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads an uploaded file statement by statement into a database, through the gate of all tenant
/// SQL.
final class SqlImport {
  private final Path file;
  private final Scripts scripts;
  private final Transfer transfer;

  SqlImport(Path file, Scripts scripts, Transfer transfer) {
    this.file = file;
    this.scripts = scripts;
    this.transfer = transfer;
  }

  /// @throws RuntimeException if anything failed; the database is as it was then
  Loaded into(SqliteDatabase database) throws IOException {
    var decoder = StandardCharsets.UTF_8.newDecoder(); // which reports what is not UTF-8
    try (Reader reader = new InputStreamReader(Files.newInputStream(file), decoder)) {
      Load.Loaded loaded = database.load(statements(reader));
      return new Loaded(
          loaded.bookmark().toString(),
          loaded.statements(),
          loaded.durationMillis(),
          loaded.changes(),
          loaded.lastRowId(),
          loaded.sizeAfter(),
          loaded.rowsRead());
    }
  }

  private Load statements(Reader reader) {
    StatementReader statements = new StatementReader(reader, Load.STATEMENT_LENGTH_MAX);
    return new Load() {
      private long count;

      @Override
      public @Nullable Script next() throws IOException {
        String statement = read();
        if (statement == null) {
          if (count == 0) {
            throw new SqlRefusedException("No SQL statements detected.");
          }
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
