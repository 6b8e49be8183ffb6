package dev.burgage.migrations.lint;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What SQLite would do for a statement: read off the program that `EXPLAIN` shows, so that no text
/// is guessed at.
///
/// @param scans pages at which tables or indexes begin that are gone through from end to end
/// @param writes those that are written meanwhile
/// @param refusals what it would say if a table that it changes has rows
record Program(Set<Integer> scans, Set<Integer> writes, List<String> refusals) {
  /// How SQLite begins what it says of a column that a table with rows cannot get (alter.c).
  private static final String REFUSAL = "Cannot add a";

  private static final int PAGE_IS_IN_A_REGISTER = 0x10;

  static Program of(Connection connection, String sql) throws SQLException {
    Program program = new Program(new LinkedHashSet<>(), new LinkedHashSet<>(), new ArrayList<>());
    Map<Integer, Integer> pages = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + sql);
        ResultSet row = statement.executeQuery()) {
      int last = -1;
      while (row.next()) {
        if (row.getInt("addr") <= last) {
          pages.clear(); // a trigger's program begins, with cursors of its own
        }
        last = row.getInt("addr");
        program.take(row, pages);
      }
    }
    return program;
  }

  private void take(ResultSet row, Map<Integer, Integer> pages) throws SQLException {
    int first = row.getInt("p1");
    int second = row.getInt("p2");
    switch (row.getString("opcode")) {
      case "OpenRead", "OpenWrite", "ReopenIdx" -> {
        if ((row.getInt("p5") & PAGE_IS_IN_A_REGISTER) == 0 && row.getInt("p3") == 0) {
          pages.put(first, second);
          if (row.getString("opcode").equals("OpenWrite")) {
            writes.add(second);
          }
        }
      }
      case "OpenEphemeral", "OpenPseudo", "SorterOpen" -> pages.remove(first);
      case "Rewind", "Last" -> {
        Integer page = pages.get(first);
        if (page != null) {
          scans.add(page);
        }
      }
      case "Clear" -> {
        scans.add(first);
        writes.add(first);
      }
      case "String8" -> {
        String text = row.getString("p4");
        if (text != null && text.startsWith(REFUSAL)) {
          refusals.add(text);
        }
      }
      default -> {}
    }
  }
}
