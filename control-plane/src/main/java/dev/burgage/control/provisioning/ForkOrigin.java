package dev.burgage.control.provisioning;

import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.util.Optional;

/// What a fork is a copy of, kept where the id of a template is else, so that whoever finishes the
/// tenant makes the same of it: `fork:<database>@<bookmark>`.
record ForkOrigin(DatabaseId database, Bookmark bookmark) {
  private static final String PREFIX = "fork:";

  /// @param template of a tenant's plan
  /// @return empty if it is a template's id
  static Optional<ForkOrigin> of(String template) {
    if (!template.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String[] parts = template.substring(PREFIX.length()).split("@", -1);
    return Optional.of(new ForkOrigin(DatabaseId.parse(parts[0]), Bookmark.parse(parts[1])));
  }

  @Override
  public String toString() {
    return PREFIX + database + "@" + bookmark;
  }
}
