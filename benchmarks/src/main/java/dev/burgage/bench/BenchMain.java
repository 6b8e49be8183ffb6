package dev.burgage.bench;

import dev.burgage.bench.measure.Machine;
import dev.burgage.bench.peer.Versions;
import dev.burgage.bench.peer.Workplace;
import dev.burgage.bench.results.ResultFile;
import dev.burgage.bench.results.RunHeader;
import dev.burgage.bench.results.Tables;
import dev.burgage.bench.scenario.CommitsScenario;
import dev.burgage.bench.scenario.GuardScenario;
import dev.burgage.bench.scenario.NeighbourScenario;
import dev.burgage.bench.scenario.ProvisionScenario;
import dev.burgage.bench.scenario.RequestScenario;
import dev.burgage.bench.scenario.RolloutScenario;
import dev.burgage.bench.scenario.RunPlan;
import dev.burgage.bench.scenario.ShippingScenario;
import dev.burgage.bench.scenario.SleepingScenario;
import dev.burgage.bench.scenario.TenantsScenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Runs the scenarios, or makes the tables. `benchmarks/run` starts it with a built class path.
public final class BenchMain {
  private BenchMain() {}

  /// @param args options ([Options]), or `report <results file> [<page>]`
  public static void main(String[] args) throws Exception {
    if (args.length > 1 && args[0].equals("report")) {
      report(Path.of(args[1]), List.of(args).subList(2, args.length));
      return;
    }
    Options options;
    try {
      options = Options.parse(Arrays.asList(args));
    } catch (IllegalArgumentException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(2);
      return;
    }
    run(options);
  }

  private static void run(Options options) throws Exception {
    String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String name = started.replace(":", "").replace("Z", "");
    Path folder = Files.createDirectories(options.work().resolve(name));
    Path file = options.results().resolve(name + ".jsonl");
    var workplace =
        new Workplace(
            options.root(), folder, options.work().resolve("npm"), Workplace.DEFAULT_JVM_FLAGS);
    var header =
        new RunHeader(started, command(options), Machine.describe(folder), Versions.of(workplace));
    var plan =
        new RunPlan(
            workplace,
            ResultFile.create(file, header),
            options.quick(),
            options.peers(),
            options.tenants(),
            options.rounds());
    for (String scenario : Options.SCENARIOS) {
      if (options.scenarios().contains(scenario)) {
        run(scenario, plan);
      }
    }
    System.out.println("\n" + Tables.render(ResultFile.read(file)));
    System.out.println("results: " + options.root().relativize(file));
    workplace.clear(); // after a failure it is left to be looked at
  }

  private static void run(String scenario, RunPlan plan) throws Exception {
    switch (scenario) {
      case "requests" -> RequestScenario.run(plan);
      case "guard" -> GuardScenario.run(plan);
      case "neighbour" -> NeighbourScenario.run(plan);
      case "shipping" -> ShippingScenario.run(plan);
      case "commits" -> CommitsScenario.run(plan);
      case "provision" -> ProvisionScenario.run(plan);
      case "tenants" -> TenantsScenario.run(plan);
      case "rollout" -> RolloutScenario.run(plan);
      case "sleeping" -> SleepingScenario.run(plan);
      default -> throw new IllegalArgumentException("no such scenario: " + scenario);
    }
  }

  private static void report(Path results, List<String> pages) throws Exception {
    String tables = Tables.render(ResultFile.read(results));
    if (pages.isEmpty()) {
      System.out.print(tables);
    }
    for (String page : pages) {
      Tables.writeInto(Path.of(page), tables);
    }
  }

  // The command that repeats the run, without this machine's paths.
  private static String command(Options options) {
    var text = new StringBuilder("benchmarks/run");
    if (options.quick()) {
      text.append(" --quick");
    }
    if (options.scenarios().size() < Options.SCENARIOS.size()) {
      text.append(" --scenarios=").append(String.join(",", sorted(options.scenarios())));
    }
    if (!options.peers().isEmpty()) {
      text.append(" --peers=").append(String.join(",", sorted(options.peers())));
    }
    if (options.tenants() > 0) {
      text.append(" --tenants=").append(options.tenants());
    }
    return text.append(" --rounds=").append(options.rounds()).toString();
  }

  private static List<String> sorted(Set<String> words) {
    return words.stream().sorted().toList();
  }
}
