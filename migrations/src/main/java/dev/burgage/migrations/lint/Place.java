package dev.burgage.migrations.lint;

import dev.burgage.migrations.lint.Finding.Level;
import java.util.List;

/// A statement of a script, to which findings are attached.
record Place(String script, int line, int statement) {
  Finding finding(String rule, Level level, String message, String... tables) {
    return new Finding(rule, level, script, line, statement, message, List.of(tables));
  }

  Touch touch(List<String> tables) {
    return new Touch(script, line, statement, tables);
  }
}
