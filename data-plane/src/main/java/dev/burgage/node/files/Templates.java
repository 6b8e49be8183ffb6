package dev.burgage.node.files;

import dev.burgage.migrations.apply.TemplateBuilder;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The templates that this node has: `templates/<id>.db`, named by their content. Thread-safe.
public final class Templates {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  private final Path folder;
  private final TemplateBuilder builder;

  /// @param data the node's data folder
  public Templates(Path data, TemplateBuilder builder) throws IOException {
    this.folder = Files.createDirectories(data.resolve("templates"));
    this.builder = builder;
  }

  /// The template's file, which nobody ever opens as a database.
  ///
  /// @throws BurgageException `template_missing` if the node does not have it
  public Path get(String id) {
    Path file = path(id);
    if (!Files.exists(file)) {
      throw new BurgageException(
          ErrorCode.TEMPLATE_MISSING, "This node does not have the template %s.".formatted(id));
    }
    return file;
  }

  /// Builds the template unless the node has it.
  ///
  /// @throws BurgageException if its scripts fail, or it is not the one that the id names
  public synchronized void add(String id, Template template) {
    if (!template.id().equals(id)) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "The template's content is named %s, not %s.".formatted(template.id(), id));
    }
    Path file = path(id);
    if (!Files.exists(file)) {
      builder.build(template, file);
    }
  }

  private Path path(String id) {
    if (!ID.matcher(id).matches()) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST, "A template's id is 64 hexadecimal digits.");
    }
    return folder.resolve(id + ".db");
  }
}
