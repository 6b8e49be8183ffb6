package dev.burgage.control.rollout;

import dev.burgage.control.migration.MigrationLint;
import dev.burgage.control.rollout.TargetPlan.Scope;
import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.lint.Finding.Level;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/// What lint says of a plan, and whether it may be started all the same. Thread-safe.
///
/// It looks from each version at which a target is, because a finding depends on what was there
/// before: a table that comes and goes between two versions is nothing to lose for those before
/// both, and a lot for those between. If there are very many versions: from the oldest and the
/// newest few.
@Component
class PlanLint {
  private static final int BEGINNINGS_MAX = 10;
  private static final int SHOWN_MAX = 5;

  private final MigrationLint lint;
  private final TargetPlan targets;

  PlanLint(MigrationLint lint, TargetPlan targets) {
    this.lint = lint;
    this.targets = targets;
  }

  /// @param scripts up to the version of the rollout, in order
  List<Finding> findings(Scope scope, List<MigrationScript> scripts) {
    Set<Finding> found = new LinkedHashSet<>();
    String to = scripts.getLast().version();
    for (Optional<String> from : beginnings(targets.versionsBehind(scope), scripts)) {
      found.addAll(lint.registered(scope.pool(), from.orElse(null), to).findings());
    }
    return List.copyOf(found);
  }

  // In order; a version that the pool does not know is left to the nodes, which refuse it.
  private static List<Optional<String>> beginnings(
      List<Optional<String>> behind, List<MigrationScript> scripts) {
    List<Optional<String>> sorted = new ArrayList<>();
    if (behind.contains(Optional.<String>empty())) {
      sorted.add(Optional.empty());
    }
    scripts.stream()
        .map(script -> Optional.of(script.version()))
        .filter(behind::contains)
        .forEach(sorted::add);
    if (sorted.size() > BEGINNINGS_MAX) {
      sorted.subList(1, sorted.size() - BEGINNINGS_MAX + 1).clear();
    }
    return sorted;
  }

  /// @return why it may not be started; empty if it may
  static Optional<String> refusal(PoolName pool, List<Finding> findings, boolean accepted) {
    List<Finding> errors = of(findings, Level.ERROR);
    List<Finding> warnings = of(findings, Level.WARNING);
    if (!errors.isEmpty()) {
      return Optional.of(
          "lint found what fails: %s; register it mended (POST /v1/pools/%s/migrations) and plan another rollout"
              .formatted(sentences(errors), pool));
    }
    if (!warnings.isEmpty() && !accepted) {
      return Optional.of(
          "lint warns: %s; start it with {\"acceptWarnings\": true} if that is wanted"
              .formatted(sentences(warnings)));
    }
    return Optional.empty();
  }

  static List<Finding> of(List<Finding> findings, Level level) {
    return findings.stream().filter(finding -> finding.level() == level).toList();
  }

  private static String sentences(List<Finding> findings) {
    String shown =
        findings.stream()
            .limit(SHOWN_MAX)
            .map(f -> "%s line %d (%s): %s".formatted(f.script(), f.line(), f.rule(), f.message()))
            .collect(Collectors.joining("; "));
    int more = findings.size() - SHOWN_MAX;
    return more > 0 ? shown + "; and %d more".formatted(more) : shown;
  }
}
