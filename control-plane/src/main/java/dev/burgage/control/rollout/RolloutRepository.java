package dev.burgage.control.rollout;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;

interface RolloutRepository extends JpaRepository<RolloutRow, UUID> {
  /// Newest first, the newest hundred.
  List<RolloutRow> findTop100ByPoolOrderByCreatedAtDesc(String pool);

  Optional<RolloutRow> findByIdAndPool(UUID id, String pool);

  @Query("from RolloutRow where pool = :pool and state <> 'finished'")
  Optional<RolloutRow> findUnfinished(String pool);

  @Modifying
  @NativeQuery(
      "update rollout set state = 'running', started_at = :now where id = :id and state ="
          + " 'planned'")
  int start(UUID id, Instant now);

  @Modifying
  @NativeQuery(
      "update rollout set state = 'finished', finished_at = :now where id = :id and state ="
          + " 'running'")
  int finish(UUID id, Instant now);
}
