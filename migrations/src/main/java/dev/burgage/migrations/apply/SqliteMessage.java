package dev.burgage.migrations.apply;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// SQLite's own words in the driver's exceptions: `near "x": syntax error` out of `[SQLITE_ERROR]
/// SQL error or missing database (near "x": syntax error)`.
public final class SqliteMessage {
  private static final Pattern DRIVER =
      Pattern.compile("\\[SQLITE_\\w+] .*?\\((.*)\\)", Pattern.DOTALL);

  private SqliteMessage() {}

  public static String of(SQLException e) {
    String message = String.valueOf(e.getMessage());
    Matcher matcher = DRIVER.matcher(message);
    return matcher.matches() ? matcher.group(1) : message;
  }
}
