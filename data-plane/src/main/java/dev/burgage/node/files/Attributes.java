package dev.burgage.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// What a file system knows of a file.
public final class Attributes {
  private Attributes() {}

  /// Null if there is no such file. To be told so by an exception costs several times the look.
  public static @Nullable BasicFileAttributes find(Path file) throws IOException {
    return file.getFileSystem().provider().readAttributesIfExists(file, BasicFileAttributes.class);
  }
}
