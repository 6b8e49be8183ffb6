package dev.burgage.node.dump;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a `CREATE VIRTUAL TABLE` says of where the table's rows are.
///
/// @param module in lower case
/// @param content of FTS5: the table that has the texts, `""` for none at all, null for its own
record VirtualTable(String module, @Nullable String content) {
  static VirtualTable of(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    Token token = tokens.next();
    while (token != null && !token.isWord("USING")) {
      token = tokens.next();
    }
    Token module = tokens.next();
    return module == null
        ? new VirtualTable("", null)
        : new VirtualTable(module.text().toLowerCase(Locale.ROOT), content(tokens));
  }

  // content='…', content="…" or content=name; a column cannot have a "=" behind its name.
  private static @Nullable String content(SqlTokens tokens) {
    Token before = null;
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (token.isOperator("=") && before != null && before.isWord("CONTENT")) {
        Token value = tokens.next();
        return value == null ? "" : value.text();
      }
      before = token;
    }
    return null;
  }

  boolean isFullText() {
    return module.equals("fts5");
  }

  /// Rows that are read from it can be put into it again.
  boolean keepsRows() {
    return isFullText() ? content == null : module.startsWith("rtree");
  }

  /// Nothing gives back what was put into it.
  boolean forgetsRows() {
    return isFullText() && "".equals(content);
  }

  /// Is made anew from another table.
  boolean isIndexOfAnother() {
    return isFullText() && content != null && !content.isEmpty();
  }
}
