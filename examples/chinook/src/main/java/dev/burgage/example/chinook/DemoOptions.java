package dev.burgage.example.chinook;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/// What the demo was asked for.
///
/// @param once whether to stop after the story instead of serving on
/// @param port of the API; 0 takes any that is free
/// @param data folder of everything that is kept
record DemoOptions(boolean once, int port, Path data) {
  static final int PORT = 8787;

  /// @throws IllegalArgumentException with a text for the user
  static DemoOptions parse(List<String> arguments) {
    boolean once = false;
    int port = PORT;
    Path data = Path.of(".burgage");
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--once" -> once = true;
        case "--port" -> port = port(value(option, rest));
        case "--data" -> data = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new DemoOptions(once, port, data);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new IllegalArgumentException("--port must be a number from 0 to 65535; got " + text);
  }
}
