package dev.burgage.node.snapshot;

import dev.burgage.node.snapshot.Snapshot.Wanted;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// `burgage snapshot --from URL --pool P --tenant T [--to DIR|FILE.db] [--mask RULES.json]`.
public final class SnapshotCommand {
  private static final Set<String> OPTIONS = Set.of("from", "pool", "tenant", "to", "mask");

  private SnapshotCommand() {}

  /// @param arguments after the command's name
  /// @param token may read the tenant
  /// @return the status to end with
  public static int run(String[] arguments, String token, PrintStream out) {
    try {
      Wanted wanted = wanted(options(arguments), token);
      long bytes = new Snapshot(wanted).take();
      int rules = wanted.rules().rules().size();
      out.printf(
          "%s: %d bytes, %s%n",
          wanted.to(),
          bytes,
          rules == 0 ? "NOT MASKED: as it is on the server" : "masked by " + rules + " rules");
      return 0;
    } catch (IOException | SQLException | IllegalArgumentException e) {
      out.println("burgage snapshot: " + (e.getMessage() == null ? e : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private static Map<String, String> options(String[] arguments) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (!OPTIONS.contains(name) || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            "options are --from URL --pool P --tenant T [--to DIR|FILE.db] [--mask RULES.json]; got"
                + " "
                + arguments[i]);
      }
      options.put(name, arguments[i + 1]);
    }
    for (String needed : new String[] {"from", "pool", "tenant"}) {
      if (!options.containsKey(needed)) {
        throw new IllegalArgumentException("--%s must be given".formatted(needed));
      }
    }
    return options;
  }

  private static Wanted wanted(Map<String, String> options, String token) throws IOException {
    if (token.isBlank()) {
      throw new IllegalArgumentException(
          "set BURGAGE_TOKEN to a token that may read the tenant (POST /v1/tokens)");
    }
    String rules = options.get("mask");
    TenantId tenant = new TenantId(options.getOrDefault("tenant", ""));
    Path to = Path.of(options.getOrDefault("to", "."));
    return new Wanted(
        URI.create(options.getOrDefault("from", "")),
        token.strip(),
        new PoolName(options.getOrDefault("pool", "")),
        tenant,
        Files.isDirectory(to) ? to.resolve(tenant + ".db") : to,
        rules == null ? MaskRules.NONE : MaskRules.read(Path.of(rules)));
  }
}
