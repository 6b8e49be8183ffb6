package dev.burgage.control.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class RolloutSettingsTest {
  @Test
  void everySettingHasItsNameAndDefault() {
    assertThat(bound(Map.of()))
        .isEqualTo(
            new RolloutSettings(
                200,
                50,
                16,
                20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                20,
                10));
    assertThat(
            bound(
                Map.of(
                    "burgage.rollout.batch", "8",
                    "burgage.rollout.gated-batch", "7",
                    "burgage.rollout.nodes-at-once", "2",
                    "burgage.rollout.attempts-max", "3",
                    "burgage.rollout.wait-least", "4s",
                    "burgage.rollout.wait-most", "5s",
                    "burgage.rollout.slice", "6s",
                    "burgage.rollout.trickle-per-second", "0.5",
                    "burgage.rollout.planned-max", "9")))
        .isEqualTo(
            new RolloutSettings(
                8,
                7,
                2,
                3,
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                0.5,
                9));
  }

  @Test
  void smallBatchMakesTheGatedOneSmallToo() {
    assertThat(bound(Map.of("burgage.rollout.batch", "8")).gatedBatch()).isEqualTo(8);
  }

  @Test
  void valueOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new RolloutSettings(
                501,
                1,
                1,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                1))
        .withMessage("burgage.rollout.batch must be 1 to 500; got 501");
  }

  private static RolloutSettings bound(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("burgage.rollout", Bindable.of(RolloutSettings.class));
  }
}
