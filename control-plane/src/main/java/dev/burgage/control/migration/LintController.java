package dev.burgage.control.migration;

import dev.burgage.control.pool.Pools;
import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.lint.LintReport;
import dev.burgage.migrations.lint.Touch;
import dev.burgage.protocol.PoolName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/migrations/lint")
@Tag(name = "Migrations")
class LintController {
  private final MigrationLint lint;
  private final Pools pools;

  LintController(MigrationLint lint, Pools pools) {
    this.lint = lint;
    this.pools = pools;
  }

  @PostMapping
  @Operation(
      summary = "Look at migrations before they are registered",
      description =
          "What the files would do to databases that have the registered set, and to code of the"
              + " version before. Nothing is registered.")
  Findings files(
      @Schema(type = "string") @PathVariable PoolName pool,
      @RequestBody MigrationController.NewMigrations request) {
    pools.get(pool);
    return Findings.of(lint.files(pool, request.files()));
  }

  @GetMapping
  @Operation(summary = "Look at registered migrations before they are rolled out")
  Findings registered(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Parameter(description = "The version at which databases are; none: empty databases.")
          @RequestParam(required = false)
          @Nullable String from,
      @Parameter(description = "The version to which they are brought; none: the newest.")
          @RequestParam(required = false)
          @Nullable String to) {
    pools.get(pool);
    return Findings.of(lint.registered(pool, from, to));
  }

  @Schema(description = "What was found in migrations, in their order.")
  record Findings(
      @Schema(description = "An error fails in every database, or where a table has rows.")
          List<Finding> findings,
      @Schema(description = "Statements that go through every row of tables.") List<Touch> touches,
      int errors,
      int warnings,
      int notes) {
    static Findings of(LintReport report) {
      return new Findings(
          report.findings(),
          report.touches(),
          count(report, Finding.Level.ERROR),
          count(report, Finding.Level.WARNING),
          count(report, Finding.Level.NOTE));
    }

    private static int count(LintReport report, Finding.Level level) {
      return (int) report.findings().stream().filter(f -> f.level() == level).count();
    }
  }
}
