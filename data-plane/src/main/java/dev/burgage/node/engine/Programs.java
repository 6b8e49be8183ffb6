package dev.burgage.node.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/// The programs of one load's statements: of the millions of INSERTs of a dump SQLite is asked
/// about the first of each shape only, see [LiteralInsert]. What is known is forgotten at
/// everything that may change the schema or a pragma. For one thread and one connection.
final class Programs {
  private static final int SHAPES_MAX = 64;

  private final Map<String, Program> known = new HashMap<>();

  /// @param shape of the statement, null if it has none
  Program of(SQLiteConnection connection, String sql, @Nullable String shape) {
    if (shape == null) {
      return Program.of(connection, sql);
    }
    Program program = known.get(shape);
    if (program == null) {
      program = Program.of(connection, sql);
      if (known.size() >= SHAPES_MAX) {
        known.clear();
      }
      known.put(shape, program);
    }
    return program;
  }

  void forget() {
    known.clear();
  }
}
