package dev.burgage.migrations.lint;

import dev.burgage.migrations.lint.Finding.Level;
import java.util.List;

/// What was found in migrations, in their order.
///
/// @param touches statements by whose cost a [RowEstimate] is made
public record LintReport(List<Finding> findings, List<Touch> touches) {
  public LintReport {
    findings = List.copyOf(findings);
    touches = List.copyOf(touches);
  }

  /// Whether some finding is of the level.
  public boolean has(Level level) {
    return findings.stream().anyMatch(finding -> finding.level() == level);
  }
}
