package dev.burgage.node.engine;

/// What a statement has cost, in D1's measure: an estimate, see docs/sql.md.
///
/// @param rowsRead rows and index entries that were looked at
/// @param writesPerChange rows and index entries written for each changed row
record Effort(long rowsRead, double writesPerChange) {
  long rowsWritten(long changes) {
    return Math.round(changes * writesPerChange);
  }
}
