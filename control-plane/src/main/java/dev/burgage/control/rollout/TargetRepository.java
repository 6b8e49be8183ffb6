package dev.burgage.control.rollout;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface TargetRepository extends Repository<TargetRow, TargetKey> {
  @Query("from TargetRow where key.rollout = :rollout and key.tenant > :after order by key.tenant")
  List<TargetRow> page(UUID rollout, String after, Limit limit);

  @Query(
      """
      from TargetRow where key.rollout = :rollout and state = :state and key.tenant > :after
      order by key.tenant
      """)
  List<TargetRow> page(UUID rollout, String state, String after, Limit limit);

  @NativeQuery(
      """
      select state, count(*) as targets, count(duration_millis) as visited
      from rollout_target where rollout = :rollout group by state
      """)
  List<StateCount> count(UUID rollout);

  /// How many targets are in a state.
  interface StateCount {
    String getState();

    long getTargets();

    /// Those of them that a node has answered for.
    long getVisited();
  }
}
