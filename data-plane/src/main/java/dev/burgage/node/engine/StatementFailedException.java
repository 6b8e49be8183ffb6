package dev.burgage.node.engine;

import dev.burgage.protocol.error.ErrorCode;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A request whose statements failed and left no trace. The message is the text that D1 gives:
/// `UNIQUE constraint failed: t.c: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)`.
public final class StatementFailedException extends RuntimeException {
  /// D1's text for a statement that ran too long; applications look for it.
  static final String TIMEOUT =
      "D1 DB storage operation exceeded timeout which caused object to be reset.";

  /// D1's text for a queue that moves too slowly; applications look for it.
  public static final String OVERLOADED = "D1 DB is overloaded. Requests queued for too long.";

  /// What whoever may only read is told of a statement that writes.
  static final String READ_ONLY =
      "this token may only read, and a statement writes or sets something; nothing was changed. Use"
          + " a token with the right write: SQLITE_READONLY";

  private final ErrorCode code;

  StatementFailedException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  private StatementFailedException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  static StatementFailedException timeout() {
    return new StatementFailedException(ErrorCode.STATEMENT_TIMEOUT, TIMEOUT);
  }

  static StatementFailedException of(SQLException e) {
    return of(e, /* offset= */ -1);
  }

  /// @param offset where in the statement's text the error is, in bytes of UTF-8; or -1
  static StatementFailedException of(SQLException e, int offset) {
    if (!(e instanceof SQLiteException failure)) {
      return new StatementFailedException(ErrorCode.SQL_ERROR, text(e) + ": SQLITE_ERROR", e);
    }
    SQLiteErrorCode extended = failure.getResultCode();
    SQLiteErrorCode base = SQLiteErrorCode.getErrorCode(extended.code & 0xff);
    ErrorCode code =
        switch (base) {
          case SQLITE_FULL -> ErrorCode.STORAGE_FULL;
          case SQLITE_BUSY, SQLITE_LOCKED -> ErrorCode.OVERLOADED;
          case SQLITE_CORRUPT -> isSchemaError(failure) ? ErrorCode.SQL_ERROR : ErrorCode.INTERNAL;
          case SQLITE_IOERR, SQLITE_NOTADB, SQLITE_CANTOPEN -> ErrorCode.INTERNAL;
          default -> ErrorCode.SQL_ERROR;
        };
    String suffix = extended == base ? "" : " (extended: " + extended.name() + ")";
    String where = offset < 0 ? "" : " at offset " + offset;
    return new StatementFailedException(
        code, sqliteText(failure, extended) + where + ": " + base.name() + suffix, e);
  }

  // No page is broken: an object of the tenant's own makes no sense to SQLite any more.
  private static boolean isSchemaError(SQLiteException e) {
    return text(e).contains("malformed database schema");
  }

  // The driver wraps SQLite's text: "[CODE] the driver's words for the code (SQLite's text)".
  private static String sqliteText(SQLiteException e, SQLiteErrorCode code) {
    String text = text(e);
    String prefix = "[" + code.name() + "] " + code.message + " (";
    boolean wrapped =
        text.endsWith(")")
            && text.regionMatches(0, "[" + code.name() + "]", 0, code.name().length() + 2);
    if (!wrapped) {
      return text;
    }
    int start = text.startsWith(prefix) ? prefix.length() : text.indexOf('(') + 1;
    return start > 0 ? text.substring(start, text.length() - 1) : text;
  }

  private static String text(SQLException e) {
    String message = e.getMessage();
    return message == null ? "unknown error" : message;
  }

  static boolean isReadOnly(SQLException e) {
    return e instanceof SQLiteException failure
        && (failure.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_READONLY.code;
  }

  static boolean isOfDisk(SQLException e) {
    return e instanceof SQLiteException failure
        && (failure.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_IOERR.code;
  }

  static boolean isInterrupt(SQLException e) {
    return e instanceof SQLiteException failure
        && failure.getResultCode() == SQLiteErrorCode.SQLITE_INTERRUPT;
  }
}
