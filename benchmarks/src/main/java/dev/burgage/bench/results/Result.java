package dev.burgage.bench.results;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One measured cell of one round.
///
/// @param cell what was varied: `operation` → `read`, `connections` → `16`
/// @param figures by name, the unit last: `requestsPerSecond`, `p99Micros`
/// @param note for people: the first error, or null
public record Result(
    String scenario,
    String peer,
    Map<String, String> cell,
    int round,
    Map<String, Double> figures,
    @Nullable String note) {}
