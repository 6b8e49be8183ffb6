package dev.burgage.bench.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Results folded over their rounds: for each scenario, peer, cell and figure the median.
public final class Medians {
  /// @param figures the median of each figure
  record Row(String peer, Map<String, Double> figures, int rounds) {}

  private record Key(String scenario, String peer, Map<String, String> cell) {}

  private final Map<Key, List<Result>> groups = new LinkedHashMap<>();

  public Medians(List<Result> results) {
    for (Result result : results) {
      var key = new Key(result.scenario(), result.peer(), result.cell());
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(result);
    }
  }

  /// The cells of a scenario in the order of their first result.
  List<Map<String, String>> cells(String scenario) {
    return groups.keySet().stream()
        .filter(key -> key.scenario().equals(scenario))
        .map(Key::cell)
        .distinct()
        .toList();
  }

  List<Row> rows(String scenario, Map<String, String> cell) {
    return groups.entrySet().stream()
        .filter(e -> e.getKey().scenario().equals(scenario) && e.getKey().cell().equals(cell))
        .map(e -> new Row(e.getKey().peer(), figures(e.getValue()), e.getValue().size()))
        .toList();
  }

  static Optional<Row> find(List<Row> rows, String peer) {
    return rows.stream().filter(row -> row.peer().equals(peer)).findFirst();
  }

  private static Map<String, Double> figures(List<Result> rounds) {
    var byName = new LinkedHashMap<String, List<Double>>();
    for (Result round : rounds) {
      round
          .figures()
          .forEach(
              (name, value) -> byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
    }
    var medians = new LinkedHashMap<String, Double>();
    byName.forEach((name, values) -> medians.put(name, median(values)));
    return medians;
  }

  /// The middle value; of an even count the mean of the two in the middle.
  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
