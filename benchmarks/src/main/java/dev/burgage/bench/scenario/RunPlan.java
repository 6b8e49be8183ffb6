package dev.burgage.bench.scenario;

import dev.burgage.bench.peer.Workplace;
import dev.burgage.bench.results.Result;
import dev.burgage.bench.results.ResultFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a run does and where its results go.
///
/// @param quick small numbers: shows that everything works, its figures mean little
/// @param peers names of the peers to measure; empty means all
/// @param tenants of the scenarios of whole pools; 0 for their own number
/// @param rounds how often each cell is measured
public record RunPlan(
    Workplace workplace,
    ResultFile results,
    boolean quick,
    Set<String> peers,
    int tenants,
    int rounds) {
  public RunPlan {
    peers = Set.copyOf(peers);
  }

  boolean wants(String peer) {
    return peers.isEmpty() || peers.contains(peer);
  }

  /// How long a cell is measured.
  Duration cellTime() {
    return quick ? Duration.ofMillis(500) : Duration.ofSeconds(2);
  }

  int choose(int whenQuick, int otherwise) {
    return quick ? whenQuick : otherwise;
  }

  void skip(String peer, String reason) {
    say("skipped %s: %s".formatted(peer, reason));
  }

  void say(String text) {
    System.out.println(text);
  }

  void add(
      String scenario,
      String peer,
      Map<String, String> cell,
      int round,
      Map<String, Double> figures,
      @Nullable String note)
      throws IOException {
    results.add(new Result(scenario, peer, cell, round, figures, note));
    say(
        "%s %s %s round %d %s%s"
            .formatted(scenario, peer, cell, round, brief(figures), text(note)));
  }

  private static String text(@Nullable String note) {
    return note == null ? "" : " ! " + note;
  }

  private static String brief(Map<String, Double> figures) {
    var text = new StringBuilder();
    figures.forEach((name, value) -> text.append(" %s=%.4g".formatted(name, value)));
    return text.toString().strip();
  }
}
