package dev.burgage.node;

import dev.burgage.protocol.NodeName;

/// The token by which a node joins: `bgn.<name>.<secret>`. The name may have dots, the secret has
/// none.
record NodeToken(NodeName node, String text) {
  private static final String PREFIX = "bgn.";

  static NodeToken parse(String text) {
    int secret = text.lastIndexOf('.');
    if (!text.startsWith(PREFIX) || secret <= PREFIX.length()) {
      throw new IllegalArgumentException(
          "BURGAGE_NODE_TOKEN must be a token that POST /v1/nodes gave (bgn.<name>.<secret>)");
    }
    return new NodeToken(new NodeName(text.substring(PREFIX.length(), secret)), text);
  }

  @Override
  public String toString() {
    return PREFIX + node + ".…";
  }
}
