package dev.burgage.control.rollout;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;

/// Hands rollouts to the durable task. Writes into the present transaction, whether or not tasks
/// run in this process.
@Component
class RolloutQueue {
  private final SchedulerClient client;
  private final ObjectProvider<Scheduler> scheduler;

  RolloutQueue(DataSource dataSource, ObjectProvider<Scheduler> scheduler) {
    this.client =
        SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(dataSource)).build();
    this.scheduler = scheduler;
  }

  void add(UUID rollout, Instant now) {
    client.scheduleIfNotExists(RolloutConfiguration.TASK.instance(rollout.toString()).build(), now);
  }

  /// Saves the wait for the next poll, once the rollout is committed.
  void hurry() {
    scheduler.ifAvailable(Scheduler::triggerCheckForDueExecutions);
  }
}
