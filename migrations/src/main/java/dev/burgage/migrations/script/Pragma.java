package dev.burgage.migrations.script;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.migrations.sql.Token;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a PRAGMA statement says.
///
/// @param name in lower case, without a schema
/// @param value what it is set to, in lower case; empty if it is asked for
public record Pragma(String name, String value) {
  private static final Set<String> ON = Set.of("1", "on", "true", "yes");
  private static final Set<String> OFF = Set.of("0", "false", "no", "off");

  /// @return null if the statement is none
  public static @Nullable Pragma of(String sql) {
    if (!StatementSplitter.firstKeyword(sql).equals("PRAGMA")) {
      return null;
    }
    SqlTokens tokens = new SqlTokens(sql);
    Token token = tokens.next();
    while (token != null && !token.isWord("PRAGMA")) {
      token = tokens.next();
    }
    String name = text(tokens.next());
    token = tokens.next();
    if (token != null && token.isOperator(".")) {
      name = text(tokens.next());
      token = tokens.next();
    }
    boolean isSet = token != null && (token.isOperator("=") || token.isOperator("("));
    return new Pragma(name, isSet ? text(tokens.next()) : "");
  }

  /// Those of a script, in their order.
  public static List<Pragma> allOf(List<SqlStatement> statements) {
    return statements.stream()
        .flatMap(statement -> Stream.ofNullable(of(statement.sql())))
        .toList();
  }

  /// Whether a script runs without the enforcement of foreign keys.
  public static boolean switchForeignKeysOff(List<SqlStatement> statements) {
    return allOf(statements).stream().anyMatch(Pragma::switchesForeignKeysOff);
  }

  private static String text(@Nullable Token token) {
    return token == null ? "" : token.text().toLowerCase(Locale.ROOT);
  }

  /// Whether foreign keys are not enforced in a script in which it stands.
  public boolean switchesForeignKeysOff() {
    return name.equals("foreign_keys") && OFF.contains(value);
  }

  /// Whether rows may break foreign keys in the midst of a script in which it stands.
  public boolean loosensForeignKeys() {
    return name.equals("defer_foreign_keys") || switchesForeignKeysOff();
  }

  /// Whether it asks for a value, or sets one that is on or off.
  boolean isAskedOrSwitched() {
    return value.isEmpty() || ON.contains(value) || OFF.contains(value);
  }
}
