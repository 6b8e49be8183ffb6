package dev.burgage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void withoutOptionsEverythingRunsInFull() {
    Options options = Options.parse(List.of("--root=/src"));
    assertThat(options.scenarios()).containsExactlyInAnyOrderElementsOf(Options.SCENARIOS);
    assertThat(options.peers()).isEmpty();
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.tenants()).as("the scenario's own number").isZero();
    assertThat(options.results()).isEqualTo(Path.of("/src/benchmarks/results"));
  }

  @Test
  void scenariosAndPeersArePicked() {
    Options options =
        Options.parse(
            List.of("--quick", "--scenarios=rollout,requests", "--peers=hello", "--rounds=2"));
    assertThat(options.scenarios()).containsExactlyInAnyOrder("rollout", "requests");
    assertThat(options.peers()).containsExactly("hello");
    assertThat(options.rounds()).isEqualTo(2);
    assertThat(options.quick()).isTrue();
  }

  @Test
  void howManyTenantsSleepIsSaid() {
    assertThat(Options.parse(List.of("--tenants=5000")).tenants()).isEqualTo(5_000);
    assertThatThrownBy(() -> Options.parse(List.of("--tenants=0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--tenants must be >= 1");
  }

  @Test
  void resultsOfAQuickRunStayOutOfTheSourceTree() {
    Options options = Options.parse(List.of("--quick", "--root=/src"));
    assertThat(options.rounds()).isEqualTo(1);
    assertThat(options.results()).isEqualTo(Path.of("/src/benchmarks/target/results"));
  }

  @Test
  void unknownOptionsAndNamesAreRefused() {
    assertThatThrownBy(() -> Options.parse(List.of("--fast")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--fast");
    assertThatThrownBy(() -> Options.parse(List.of("--scenarios=reads")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reads");
    assertThatThrownBy(() -> Options.parse(List.of("--rounds=0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--rounds must be >= 1");
  }
}
