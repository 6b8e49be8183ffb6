package dev.burgage.control.rollout;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The durable tasks of rollouts and rehearsals: one instance a rollout, named by its id, picked by
/// one replica of the control plane at a time. There is none while a rollout waits for somebody.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RolloutSettings.class)
class RolloutConfiguration {
  static final TaskDescriptor<Void> TASK = TaskDescriptor.of("rollout");

  /// After a slice that could not read or record, most likely because PostgreSQL is away.
  private static final Duration FAILURE_WAIT = Duration.ofSeconds(2);

  @Bean
  Task<Void> rolloutTask(RolloutRun run) {
    return Tasks.custom(TASK)
        .onFailure(new FailureHandler.OnFailureRetryLater<>(FAILURE_WAIT))
        .onDeadExecutionRevive()
        .execute((instance, context) -> completion(run, instance.getId(), context));
  }

  @Bean
  Task<Void> rehearsalTask(RehearsalRun run) {
    return Tasks.custom(RehearsalRun.TASK)
        .onFailure(new FailureHandler.OnFailureRetryLater<>(FAILURE_WAIT))
        .onDeadExecutionRevive()
        .execute((instance, context) ->
            run.step(UUID.fromString(instance.getId()))
                .<CompletionHandler<Void>>map(
                    time -> (complete, operations) -> operations.reschedule(complete, time))
                .orElseGet(CompletionHandler.OnCompleteRemove::new));
  }

  private static CompletionHandler<Void> completion(
      RolloutRun run, String id, ExecutionContext context) {
    UUID rollout = UUID.fromString(id);
    try {
      run.slice(rollout, () -> context.getSchedulerState().isShuttingDown());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the control plane is stopping", e);
    }
    return (complete, operations) ->
        run.letGo(
            rollout,
            next ->
                next.ifPresentOrElse(
                    time -> operations.reschedule(complete, time), operations::remove));
  }
}
