package dev.burgage.bench.results;

import java.util.Map;

/// How a results file came to be; its first line.
public record RunHeader(
    String startedAt, String command, Map<String, String> machine, Map<String, String> versions) {}
