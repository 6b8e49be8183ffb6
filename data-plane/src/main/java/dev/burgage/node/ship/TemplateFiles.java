package dev.burgage.node.ship;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The files that databases on this node were copied from.
@FunctionalInterface
public interface TemplateFiles {
  /// The file with a SHA-256, which nobody writes to; null if this node does not have it.
  @Nullable Path find(byte[] sha256) throws IOException;
}
