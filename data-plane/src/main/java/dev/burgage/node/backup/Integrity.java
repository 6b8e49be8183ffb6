package dev.burgage.node.backup;

import java.util.List;

/// What SQLite's integrity check says.
final class Integrity {
  // Of rows that SQL has made so: with CHECKs off, before a NOT NULL, by an old version.
  private static final List<String> OF_ROWS =
      List.of(
          "CHECK constraint failed in ",
          "NULL value in ",
          "NUMERIC value in ",
          "TEXT value in ",
          "non-INT value in ",
          "non-INTEGER value in ",
          "non-REAL value in ",
          "non-TEXT value in ",
          "non-BLOB value in ",
          "not checked: ");

  private Integrity() {}

  /// Whether the file is damaged, and not only a row against a rule.
  static boolean isDamage(String found) {
    return !found.equals("ok") && OF_ROWS.stream().noneMatch(found::startsWith);
  }
}
