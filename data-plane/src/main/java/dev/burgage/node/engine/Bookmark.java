package dev.burgage.node.engine;

/// A commit of one database. Its text has D1's shape (8-8-8-32 hexadecimal digits): generation,
/// seconds, fraction of the second, database id. Texts of one database sort by time. The text is
/// made when it is asked for: most requests have no session and never do.
///
/// @param time seconds since 1970 in the upper half (until 2106), 2^-32 seconds in the lower
public record Bookmark(DatabaseIdentity identity, long time) {
  @Override
  public String toString() {
    return "%08x-%08x-%08x-%s"
        .formatted(
            identity.generation(),
            time >>> Integer.SIZE,
            time & 0xffff_ffffL,
            identity.database().toString().replace("-", ""));
  }
}
