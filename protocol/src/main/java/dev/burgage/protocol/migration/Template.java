package dev.burgage.protocol.migration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/// What new databases are copied from: the empty database that these migrations, in this order,
/// make. It is named by its content, so a node that has the template of a name has the right one.
///
/// @param scripts in the order in which they apply; none makes an empty database
public record Template(Engine engine, List<MigrationScript> scripts) {
  /// Counts changes of how a template file is built from the same scripts.
  private static final int FORMAT = 2;

  public Template {
    scripts = List.copyOf(scripts);
  }

  /// SHA-256 over the engine and the scripts: 64 lower-case hexadecimal digits.
  @JsonIgnore
  public String id() {
    MessageDigest digest = Sha256.digest();
    add(digest, "burgage-template-" + FORMAT);
    add(digest, engine.toString());
    for (MigrationScript script : scripts) {
      add(digest, script.version());
      add(digest, script.script());
      add(digest, script.sql());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  // Each part with its length, so that no two lists of parts give the same bytes.
  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }
}
