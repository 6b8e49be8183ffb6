package dev.burgage.node.snapshot;

import dev.burgage.node.snapshot.MaskRules.Email;
import dev.burgage.node.snapshot.MaskRules.Emptied;
import dev.burgage.node.snapshot.MaskRules.Fixed;
import dev.burgage.node.snapshot.MaskRules.Hash;
import dev.burgage.node.snapshot.MaskRules.Mask;
import dev.burgage.node.snapshot.MaskRules.Masked;
import dev.burgage.node.snapshot.MaskRules.Rule;
import dev.burgage.node.snapshot.MaskRules.ToNull;
import dev.burgage.protocol.Sha256;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.sqlite.Function;

/// Masks a database in place, in one transaction: values, and what is made of them. What the file's
/// free pages still hold goes when it is copied. For one database, by one thread.
final class Masking {
  private static final String FUNCTION = "burgage_mask";
  private static final int HASH_DIGITS = 16;

  private final Connection connection;
  private final byte[] salt = new byte[32];

  Masking(Connection connection) {
    this.connection = connection;
    new SecureRandom().nextBytes(salt);
  }

  /// @throws IllegalArgumentException if a rule names what is not there
  /// @throws SQLException if a value cannot be what a rule wants
  void apply(MaskRules rules) throws SQLException {
    Function.create(connection, FUNCTION, new Masker(), 2, Function.FLAG_DETERMINISTIC);
    run("PRAGMA foreign_keys = OFF");
    run("PRAGMA ignore_check_constraints = ON");
    run("BEGIN IMMEDIATE");
    List<String> triggers = dropTriggers();
    for (Rule rule : rules.rules()) {
      requireTable(rule);
      switch (rule) {
        case Emptied(String table) -> empty(table);
        case Masked masked -> mask(masked);
      }
    }
    rebuildIndexes(rules);
    forgetSamples();
    for (String trigger : triggers) {
      run(trigger);
    }
    run("COMMIT");
  }

  // They would see values, and might keep them.
  private List<String> dropTriggers() throws SQLException {
    List<String> texts = texts("SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
    for (String trigger : texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'")) {
      run("DROP TRIGGER " + name(trigger));
    }
    return texts;
  }

  private void requireTable(Rule rule) throws SQLException {
    List<String> columns =
        texts(
            "SELECT name FROM pragma_table_xinfo(%s) WHERE hidden = 0"
                .formatted(literal(rule.table())));
    if (columns.isEmpty() || isView(rule.table())) {
      throw new IllegalArgumentException(
          "the rules name the table \"%s\", which is not there; nothing was written"
              .formatted(rule.table()));
    }
    if (rule instanceof Masked(_, String column, _)
        && columns.stream().noneMatch(column::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "the rules name the column \"%s.%s\", which is not there or is generated; the table has %s;"
                  .formatted(rule.table(), column, columns)
              + " nothing was written");
    }
  }

  private boolean isView(String table) throws SQLException {
    return !texts(
            "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = %s COLLATE NOCASE"
                .formatted(literal(table)))
        .isEmpty();
  }

  private void empty(String table) throws SQLException {
    if (isContentless(sqlOf(table))) {
      run("INSERT INTO %s(%s) VALUES('delete-all')".formatted(name(table), name(table)));
    } else {
      run("DELETE FROM " + name(table));
    }
  }

  private void mask(Masked rule) throws SQLException {
    String column = name(rule.column());
    String value =
        switch (rule.mask()) {
          case ToNull _ -> "NULL";
          case Fixed(String text) -> literal(text);
          case Hash _ -> FUNCTION + "('hash', " + column + ")";
          case Email _ -> FUNCTION + "('email', " + column + ")";
        };
    try {
      run(
          "UPDATE %s SET %s = %s WHERE %s IS NOT NULL"
              .formatted(name(rule.table()), column, value, column));
    } catch (SQLException e) {
      throw new SQLException(
          "the rule of %s.%s (%s) cannot be kept: %s"
              .formatted(rule.table(), rule.column(), word(rule.mask()), e.getMessage()),
          e);
    }
  }

  private static String word(Mask mask) {
    return mask.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  // An index of texts keeps the words of rows that are no more until it is made anew.
  private void rebuildIndexes(MaskRules rules) throws SQLException {
    for (String table :
        texts(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL"
                + " TABLE%' AND lower(sql) LIKE '%using fts5%'")) {
      if (!isContentless(sqlOf(table))) {
        run("INSERT INTO %s(%s) VALUES('rebuild')".formatted(name(table), name(table)));
      } else if (!rules.rules().contains(new Emptied(table))) {
        throw new IllegalArgumentException(
            "the FTS5 table \"%s\" is contentless, so its words cannot be masked; add the rule"
                    .formatted(table)
                + " \"%s\": \"empty\"; nothing was written".formatted(table));
      }
    }
  }

  private String sqlOf(String table) throws SQLException {
    List<String> found =
        texts(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = %s COLLATE NOCASE"
                .formatted(literal(table)));
    return found.isEmpty() ? "" : found.getFirst();
  }

  private static boolean isContentless(String sql) {
    return sql.toLowerCase(Locale.ROOT)
        .replaceAll("\\s", "")
        .matches("createvirtualtable.*usingfts5\\(.*content=(''|\"\").*");
  }

  // ANALYZE keeps values.
  private void forgetSamples() throws SQLException {
    for (String table :
        texts("SELECT name FROM sqlite_schema WHERE name IN ('sqlite_stat3', 'sqlite_stat4')")) {
      run("DELETE FROM " + table);
    }
  }

  private void run(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  private static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /// `burgage_mask(how, value)`.
  private final class Masker extends Function {
    @Override
    protected void xFunc() throws SQLException {
      MessageDigest digest = Sha256.digest();
      digest.update(salt);
      digest.update(value_blob(1));
      String hash = HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
      result(value_text(0).equals("email") ? "user-" + hash + "@example.com" : hash);
    }
  }
}
