package dev.burgage.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The harness's command line.
///
/// @param scenarios in the order in which they run
/// @param peers names; empty means all
/// @param tenants of the scenarios of whole pools; 0 for their own number
/// @param results where the results file goes; a run never overwrites one
record Options(
    Set<String> scenarios,
    Set<String> peers,
    boolean quick,
    int rounds,
    int tenants,
    Path root,
    Path work,
    Path results) {
  static final List<String> SCENARIOS =
      List.of(
          "requests",
          "guard",
          "neighbour",
          "shipping",
          "commits",
          "provision",
          "tenants",
          "rollout",
          "sleeping");
  // Figures of a quick run mean little: they are not kept in the source tree.
  private static final String RESULTS_QUICK = "benchmarks/target/results";
  private static final String RESULTS = "benchmarks/results";
  private static final int ROUNDS = 5;
  private static final int ROUNDS_QUICK = 1;

  Options {
    scenarios = Set.copyOf(scenarios);
    peers = Set.copyOf(peers);
  }

  /// @throws IllegalArgumentException if an option is unknown or its value is not legal
  static Options parse(List<String> arguments) {
    var values = new HashMap<String, String>();
    boolean quick = false;
    for (String argument : arguments) {
      if (argument.equals("--quick")) {
        quick = true;
      } else {
        put(values, argument);
      }
    }
    Set<String> scenarios = words(values.remove("--scenarios"));
    for (String scenario : scenarios) {
      if (!SCENARIOS.contains(scenario)) {
        throw new IllegalArgumentException(
            "--scenarios takes names of %s; got %s".formatted(SCENARIOS, scenario));
      }
    }
    Path root = Path.of(values.getOrDefault("--root", ".")).toAbsolutePath().normalize();
    int rounds = number("--rounds", values, quick ? ROUNDS_QUICK : ROUNDS);
    int tenants = values.containsKey("--tenants") ? number("--tenants", values, 0) : 0;
    return new Options(
        scenarios.isEmpty() ? Set.copyOf(SCENARIOS) : scenarios,
        words(values.get("--peers")),
        quick,
        rounds,
        tenants,
        root,
        path(root, values.getOrDefault("--work", "benchmarks/target/work")),
        path(root, values.getOrDefault("--results", quick ? RESULTS_QUICK : RESULTS)));
  }

  private static void put(Map<String, String> values, String argument) {
    Set<String> known =
        Set.of("--scenarios", "--peers", "--rounds", "--tenants", "--root", "--work", "--results");
    int equals = argument.indexOf('=');
    if (equals < 0 || !known.contains(argument.substring(0, equals))) {
      throw new IllegalArgumentException(
          "options are --quick and --name=value with a name of %s; got %s"
              .formatted(known.stream().sorted().toList(), argument));
    }
    values.put(argument.substring(0, equals), argument.substring(equals + 1));
  }

  private static int number(String name, Map<String, String> values, int otherwise) {
    String text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    int number = Integer.parseInt(text);
    if (number < 1) {
      throw new IllegalArgumentException(name + " must be >= 1; got " + number);
    }
    return number;
  }

  private static Set<String> words(@Nullable String text) {
    return text == null || text.isEmpty()
        ? Set.of()
        : new LinkedHashSet<>(List.of(text.split(",", -1)));
  }

  private static Path path(Path root, String text) {
    return root.resolve(text).normalize();
  }
}
