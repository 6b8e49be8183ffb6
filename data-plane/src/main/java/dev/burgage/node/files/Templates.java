package dev.burgage.node.files;

import dev.burgage.migrations.apply.TemplateBuilder;
import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The templates that this node has: `templates/<id>.db`, named by their content. Thread-safe.
public final class Templates {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  private final Path folder;
  private final TemplateBuilder builder;
  private final Map<String, String> contents = new ConcurrentHashMap<>(); // SHA-256 by id

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

  /// Builds the template unless the node has it. Takes a while: not for a virtual thread, whose
  /// carrier it would hold.
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

  /// Whether a template's file has this content. Reads each template once.
  public boolean hasContent(byte[] sha256) {
    return find(sha256) != null;
  }

  /// The template's file that has this content; null if there is none. Reads each template once.
  public @Nullable Path find(byte[] sha256) {
    String wanted = HexFormat.of().formatHex(sha256);
    Path known = known(wanted);
    if (known != null) {
      return known;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.db")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String id = name.substring(0, name.length() - ".db".length());
        if (!contents.containsKey(id)) {
          contents.put(
              id, HexFormat.of().formatHex(Sha256.digest().digest(Files.readAllBytes(file))));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the templates cannot be read", e);
    }
    return known(wanted);
  }

  private @Nullable Path known(String content) {
    for (Map.Entry<String, String> entry : contents.entrySet()) {
      if (entry.getValue().equals(content)) {
        return path(entry.getKey());
      }
    }
    return null;
  }

  private Path path(String id) {
    if (!ID.matcher(id).matches()) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST, "A template's id is 64 hexadecimal digits.");
    }
    return folder.resolve(id + ".db");
  }
}
