package dev.burgage.migrations.lint;

import java.util.List;

/// A statement that reads or writes every row of tables.
public record Touch(String script, int line, int statement, List<String> tables) {
  public Touch {
    tables = List.copyOf(tables);
  }
}
