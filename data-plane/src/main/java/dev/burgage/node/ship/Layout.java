package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.protocol.DatabaseId;
import java.util.regex.Pattern;

/// The keys of all objects of one cell; docs/object-store.md has the tree of them.
///
/// @param root the cell's name, and before it what else shares the bucket: `burgage/eu1`
public record Layout(String root) {
  private static final Pattern ROOT =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");
  private static final int ROOT_MAX = 200;

  /// @throws IllegalArgumentException if the root cannot begin a key
  public Layout {
    if (root.length() > ROOT_MAX || !ROOT.matcher(root).matches()) {
      throw new IllegalArgumentException(
          "the root of keys must be parts of letters, digits and ._- between slashes; got \"%.80s\""
              .formatted(root));
    }
  }

  String node(String node) {
    return root + "/nodes/" + node + "/";
  }

  String log(LogName log) {
    return node(log.node().value()) + log.id() + "/";
  }

  String level(LogName log, int level) {
    return log(log) + "l" + level + "/";
  }

  String stints(LogName log) {
    return log(log) + "stints/";
  }

  String keptFrom(LogName log) {
    return log(log) + "kept-from/";
  }

  String databases() {
    return root + "/databases/";
  }

  /// What all keys of one database begin with.
  public String database(DatabaseId database) {
    return databases() + database + "/";
  }

  String homes(DatabaseId database) {
    return database(database) + "homes/";
  }

  String bases(DatabaseId database) {
    return database(database) + "bases/";
  }

  String template(String sha256) {
    return root + "/templates/" + sha256 + "/";
  }

  static String text(LogPosition position) {
    return "%016x.%08x".formatted(position.segment(), position.offset());
  }

  static LogPosition position(String segment, String offset) {
    return new LogPosition(Long.parseLong(segment, 16), Long.parseLong(offset, 16));
  }
}
