package dev.burgage.control.local;

import dev.burgage.control.folder.StartRefused;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param node whether to run a node as a child
/// @param nodePort where it answers; 0 for any
/// @param nodeCommand what starts it: a program and its arguments, split at spaces, no shell
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
}
