package dev.burgage.protocol.node;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.Locale;

/// What a whole database is written as when it leaves and comes: `format` in requests.
public enum FileFormat {
  /// A file of SQLite's own.
  DB("application/vnd.sqlite3"),
  /// Statements that make the database, in UTF-8.
  SQL("application/sql");

  private final String mediaType;

  FileFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /// Its content type.
  public String mediaType() {
    return mediaType;
  }

  /// @throws BurgageException `invalid_request` if it is no format
  public static FileFormat parse(String text) {
    for (FileFormat format : values()) {
      if (format.toString().equals(text)) {
        return format;
      }
    }
    throw new BurgageException(
        ErrorCode.INVALID_REQUEST, "format must be db or sql; got \"%.20s\"".formatted(text));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
