package dev.burgage.control.rollout;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerClient.ScheduleOptions;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;

/// Hands rollouts to the durable task. Writes into the present transaction, whether or not tasks
/// run in this process.
@Component
public class RolloutQueue {
  private final SchedulerClient client;
  private final ObjectProvider<Scheduler> scheduler;

  RolloutQueue(DataSource dataSource, ObjectProvider<Scheduler> scheduler) {
    this.client =
        SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(dataSource)).build();
    this.scheduler = scheduler;
  }

  /// Has the rollout looked at now. Whoever calls it holds the rollout's row: a slice that is
  /// ending takes that row too before it decides when the next one is.
  void wake(UUID rollout, Instant now) {
    add(RolloutConfiguration.TASK, rollout, now);
  }

  public void add(TaskDescriptor<Void> task, UUID id, Instant now) {
    try {
      client.schedule(
          task.instance(id.toString()).scheduledTo(now), ScheduleOptions.WHEN_EXISTS_RESCHEDULE);
    } catch (TaskInstanceException e) {
      // It runs at this moment, and looks again before it ends.
    }
  }

  /// Saves the wait for the next poll, once the change is committed.
  public void hurry() {
    scheduler.ifAvailable(Scheduler::triggerCheckForDueExecutions);
  }
}
