package dev.burgage.node.ship;

import dev.burgage.protocol.NodeName;
import java.util.Comparator;
import java.util.regex.Pattern;

/// One log of one node, in the store. A node that begins with an empty folder begins another log,
/// so what it writes can never be taken for what it wrote before.
///
/// @param id second in which it began and a random number: `6b01f194-3326582d`
public record LogName(NodeName node, String id) {
  /// The order in which a node has begun its logs, by its clock.
  static final Comparator<LogName> BY_BEGIN = Comparator.comparing(LogName::id);

  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{8}");

  /// @throws IllegalArgumentException if the id is not of that shape
  public LogName {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "a log's id must be 8-8 hexadecimal digits; got \"%.40s\"".formatted(id));
    }
  }

  static LogName begin(NodeName node, long second, int random) {
    return new LogName(node, "%08x-%08x".formatted((int) second, random));
  }

  @Override
  public String toString() {
    return node + "/" + id;
  }
}
