package dev.burgage.node.log;

/// A place after a commit in a database's WAL file.
///
/// @param salt1 with `salt2` tells this use of the file from the one before: SQLite starts the file
///   anew with other salts
/// @param frames before this place
/// @param checksum1 with `checksum2` the sum of all that is before this place
public record WalPosition(int salt1, int salt2, int frames, int checksum1, int checksum2) {
  /// Before anything was written.
  public static final WalPosition NONE = new WalPosition(0, 0, 0, 0, 0);

  boolean isOfSameUse(WalPosition other) {
    return salt1 == other.salt1 && salt2 == other.salt2;
  }
}
