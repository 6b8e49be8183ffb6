package dev.burgage.d1;

/// What a statement did and cost.
///
/// @param servedBy name of the node
/// @param duration milliseconds that the SQL took
/// @param changes rows inserted, updated and deleted, by triggers too
/// @param lastRowId rowid of the newest inserted row of the connection
/// @param changedDb whether the database is not as it was before
/// @param sizeAfter bytes in use in the database file
/// @param rowsRead an estimate; see docs/compatibility.md
/// @param rowsWritten an estimate; see docs/compatibility.md
public record D1Meta(
    String servedBy,
    double duration,
    long changes,
    long lastRowId,
    boolean changedDb,
    long sizeAfter,
    long rowsRead,
    long rowsWritten) {
  public D1Meta withSizeAfter(long bytes) {
    return new D1Meta(
        servedBy, duration, changes, lastRowId, changedDb, bytes, rowsRead, rowsWritten);
  }
}
