package dev.burgage.control.local;

import dev.burgage.control.folder.StartRefused;
import dev.burgage.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.core.JacksonException;

/// @param node whether to run a node as a child
/// @param nodePort where it answers; 0 for any
/// @param nodeCommand what starts it: a program and its arguments, as a JSON array of strings or
///   split at spaces, no shell
@ConfigurationProperties("burgage.local")
record LocalSettings(
    boolean node, @DefaultValue("8788") int nodePort, @DefaultValue("") String nodeCommand) {
  LocalSettings {
    if (node && nodeCommand.isBlank()) {
      throw new StartRefused(
          "BURGAGE_LOCAL_NODE=true needs BURGAGE_NODE_COMMAND, the command line that starts a"
              + " node");
    }
  }

  /// The command, word by word.
  List<String> command() {
    String text = nodeCommand.strip();
    if (!text.startsWith("[")) {
      return List.of(text.split("\\s+"));
    }
    try {
      return List.of(Json.read(text.getBytes(StandardCharsets.UTF_8), String[].class));
    } catch (JacksonException e) {
      throw new StartRefused(
          "BURGAGE_NODE_COMMAND must be words or a JSON array of strings; got " + text);
    }
  }
}
