package dev.burgage.example.chinook;

import static dev.burgage.example.chinook.StepFailedException.require;

import dev.burgage.client.TenantFilter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// Chapter three: a tenant comes while everything runs, and a client that has asked for it all the
/// time gets its answer.
record Newcomer(Stage stage) {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
  private static final String PREFIX = "newcomer-";

  void tell() {
    stage.terminal().heading("3  A fourth store opens while a client keeps asking for it");
    stage.terminal().step("a tenant created while a client asks for it", this::open);
  }

  private String open() throws InterruptedException {
    String store = PREFIX + next();
    try (Polling polling = Polling.start(stage, store)) {
      require(
          polling.awaitUnknown(ANSWER_MAX),
          "%s was not called unknown before it was created: %s",
          store,
          polling);
      stage.tenants().create(store);
      long created = stage.nanoTime().getAsLong();
      require(polling.awaitGood(ANSWER_MAX), "%s never answered: %s", store, polling);
      long unknown = polling.unknownAskedAfter(created);
      require(unknown == 0, "%s was called unknown %d times after its 201", store, unknown);
      return "%s: first good answer %s its 201; %d polls before said \"unknown tenant\""
          .formatted(store, when(polling.firstGood() - created), polling.unknown());
    }
  }

  // The node has the binding before the creation is answered, so a poll may be quicker than the
  // 201.
  private static String when(long nanosAfter) {
    return Terminal.in(Duration.ofNanos(Math.abs(nanosAfter)))
        + (nanosAfter < 0 ? " before" : " after");
  }

  // Every run of the demo opens a store that never was before.
  private int next() {
    List<String> known =
        stage.tenants().list(TenantFilter.ALL.withPrefix(PREFIX)).map(t -> t.id()).toList();
    return known.stream()
            .map(id -> id.substring(PREFIX.length()))
            .filter(n -> n.matches("[0-9]{1,6}"))
            .map(Integer::valueOf)
            .max(Comparator.naturalOrder())
            .orElse(0)
        + 1;
  }
}
