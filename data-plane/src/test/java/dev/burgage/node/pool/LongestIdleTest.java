package dev.burgage.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.DatabaseId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LongestIdleTest {
  private static List<OpenDatabase> databases(int count) {
    return Stream.generate(
            () -> new OpenDatabase(new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1)))
        .limit(count)
        .toList();
  }

  private static void use(OpenDatabase database) {
    assertThat(database.retain()).isTrue();
    database.release();
  }

  @Test
  void thoseUsedLastStay() {
    List<OpenDatabase> databases = databases(4);
    use(databases.get(0));
    assertThat(databases.get(1).retain()).isTrue();
    assertThat(LongestIdle.of(databases, 9))
        .containsExactly(databases.get(2), databases.get(3), databases.get(0));
    assertThat(LongestIdle.of(databases, 1)).containsExactly(databases.get(2));
  }

  @Test
  void theyMayBeUsedMeanwhile() throws Exception {
    List<OpenDatabase> databases = databases(3_000);
    List<OpenDatabase> shuffled = new ArrayList<>(databases);
    Collections.shuffle(shuffled, new Random(1));
    Thread users =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                shuffled.forEach(LongestIdleTest::use);
              }
            });
    for (int i = 0; i < 1_000; i++) {
      assertThat(LongestIdle.of(databases, 10)).hasSizeLessThanOrEqualTo(10);
    }
    users.interrupt();
    users.join();
  }
}
