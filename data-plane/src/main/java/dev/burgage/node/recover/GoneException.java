package dev.burgage.node.recover;

import java.io.IOException;

/// There is nothing that the database's file could be made of.
final class GoneException extends IOException {
  private static final long serialVersionUID = 1;

  GoneException(String message) {
    super(message);
  }
}
