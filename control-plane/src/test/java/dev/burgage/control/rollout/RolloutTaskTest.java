package dev.burgage.control.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// Rollouts on a real scheduler, with heartbeats faster than in production.
final class RolloutTaskTest extends RolloutFixture {
  @Autowired private DataSource dataSource;
  @Autowired private Task<Void> rolloutTask;

  @SuppressWarnings("NullAway.Init") // by JUnit
  private Scheduler scheduler;

  @BeforeEach
  void makeScheduler() {
    scheduler =
        Scheduler.create(dataSource, rolloutTask)
            .schedulerName(new SchedulerName.Fixed("survivor"))
            .pollUsingLockAndFetch(0.5, 1.0)
            .pollingInterval(Duration.ofMillis(50))
            .heartbeatInterval(Duration.ofMillis(100))
            .missedHeartbeatsLimit(4)
            .build();
  }

  @AfterEach
  void stop() {
    scheduler.stop();
  }

  @Test
  void rolloutRunsByItself() {
    List.of("a", "b", "c").forEach(this::create);
    register(TWO);
    scheduler.start();

    String id = start("");

    await("the rollout finishes", () -> isFinished(id));
    assertThat(targets(id).values()).containsOnly("applied");
    await("its task is gone", () -> tasks(id) == 0);
  }

  @Test
  void rolloutOfAKilledControlPlaneIsTakenOver() {
    List.of("a", "b", "c").forEach(this::create);
    register(TWO);
    String id = start("");
    jdbc.sql(
            """
            update scheduled_tasks
            set picked = true, picked_by = 'killed', last_heartbeat = now() - interval '1 hour'
            where task_instance = ?
            """)
        .param(id)
        .update();

    scheduler.start();

    await("the rollout finishes", () -> isFinished(id));
    assertThat(targets(id).values()).containsOnly("applied");
  }

  @Test
  void rolloutGoesOnWhenTheNodeIsBack() {
    List.of("a", "b", "c", "d").forEach(this::create);
    register(TWO);
    nodes().forEach(node -> node.refuse(true));
    scheduler.start();
    String id = start("");
    await("all wait", () -> counts(id).getOrDefault("pending", 0L) == 4 && attempts(id) > 0);

    nodes().forEach(node -> node.refuse(false));

    await("the rollout finishes", () -> isFinished(id));
    assertThat(targets(id).values()).containsOnly("applied");
  }

  private boolean isFinished(String id) {
    return api.get(rollouts() + "/" + id).text("state").equals("finished");
  }

  private Map<String, Long> counts(String id) {
    return counts(api.get(rollouts() + "/" + id).json());
  }

  private int attempts(String id) {
    return jdbc.sql("select sum(attempts) from rollout_target where rollout = cast(? as uuid)")
        .param(id)
        .query(Integer.class)
        .single();
  }

  private int tasks(String id) {
    return jdbc.sql("select count(*) from scheduled_tasks where task_instance = ?")
        .param(id)
        .query(Integer.class)
        .single();
  }
}
