package dev.burgage.node;

import java.net.URI;
import java.util.Map;

/// Reads variables; blank ones count as unset.
record Settings(Map<String, String> environment) {
  boolean has(String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }

  String text(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException(name + " must be set");
    }
    return environment.getOrDefault(name, "").strip();
  }

  String text(String name, String otherwise) {
    return has(name) ? text(name) : otherwise;
  }

  URI url(String name) {
    String text = text(name);
    try {
      URI url = URI.create(text);
      if (url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "%s must be a URL like http://127.0.0.1:8787; got \"%s\"".formatted(name, text));
  }

  int number(String name, int otherwise, int least, int most) {
    String text = text(name, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "%s must be a number from %d to %d; got \"%s\"".formatted(name, least, most, text));
  }
}
