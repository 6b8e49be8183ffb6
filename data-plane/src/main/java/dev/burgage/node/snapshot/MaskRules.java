package dev.burgage.node.snapshot;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What is to be masked, from a file like `{"customer.email": "email", "customer.name": "hash",
/// "customer.note": null, "customer.phone": {"text": "000"}, "audit": "empty"}`.
record MaskRules(List<Rule> rules) {
  static final MaskRules NONE = new MaskRules(List.of());

  MaskRules {
    rules = List.copyOf(rules);
  }

  /// What becomes of a table or a column.
  sealed interface Rule {
    String table();
  }

  /// All rows go.
  record Emptied(String table) implements Rule {}

  /// Every value that is not null becomes another.
  record Masked(String table, String column, Mask mask) implements Rule {}

  /// What a value becomes.
  sealed interface Mask {}

  /// Null.
  record ToNull() implements Mask {}

  /// A text that is the same for equal values, in this snapshot only.
  record Hash() implements Mask {}

  /// An address at example.com, the same for equal values, in this snapshot only.
  record Email() implements Mask {}

  /// Always the same text.
  record Fixed(String text) implements Mask {}

  /// @throws IllegalArgumentException naming the rule that is none
  static MaskRules read(Path file) throws IOException {
    JsonNode json;
    try {
      json = Json.mapper().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the rules in %s are not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    if (!json.isObject() || json.isEmpty()) {
      throw new IllegalArgumentException(
          "the rules in %s must be an object like {\"customer.email\": \"email\"}".formatted(file));
    }
    List<Rule> rules = new ArrayList<>();
    for (Map.Entry<String, JsonNode> rule : json.properties()) {
      rules.add(rule(rule.getKey(), rule.getValue()));
    }
    return new MaskRules(rules);
  }

  private static Rule rule(String name, JsonNode value) {
    int dot = name.lastIndexOf('.');
    if (dot < 0 && value.isString() && value.asString().equals("empty")) {
      return new Emptied(name);
    }
    if (dot < 1 || dot == name.length() - 1) {
      throw new IllegalArgumentException(
          "a rule must be \"table.column\", or \"table\": \"empty\"; got \"%s\": %s"
              .formatted(name, value));
    }
    return new Masked(name.substring(0, dot), name.substring(dot + 1), mask(name, value));
  }

  private static Mask mask(String name, JsonNode value) {
    if (value.isNull()) {
      return new ToNull();
    }
    if (value.isString() && value.asString().equals("hash")) {
      return new Hash();
    }
    if (value.isString() && value.asString().equals("email")) {
      return new Email();
    }
    if (value.isObject() && value.size() == 1 && value.path("text").isString()) {
      return new Fixed(value.path("text").asString());
    }
    throw new IllegalArgumentException(
        "the rule of %s must be null, \"hash\", \"email\" or {\"text\": \"…\"}; got %s"
            .formatted(name, value));
  }
}
