package dev.burgage.bench.measure;

/// Memory of one or more processes as Linux counts it.
///
/// @param rssKib resident pages; shared ones count in every process
/// @param pssKib resident pages, shared ones divided among their sharers
public record Memory(long rssKib, long pssKib) {
  static final Memory NONE = new Memory(0, 0);

  static Memory parse(String smapsRollup) {
    return new Memory(kib(smapsRollup, "Rss:"), kib(smapsRollup, "Pss:"));
  }

  Memory plus(Memory other) {
    return new Memory(rssKib + other.rssKib, pssKib + other.pssKib);
  }

  private static long kib(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).replace("kB", "").strip())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("smaps_rollup has no line " + name));
  }
}
