package dev.burgage.control.migration;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.ListCrudRepository;

interface MigrationRepository extends ListCrudRepository<MigrationRow, MigrationKey> {
  /// In no useful order.
  List<MigrationRow> findByKeyPool(String pool);

  /// Keeps the set as it is until the transaction ends: nobody can [#lockToChange(String)] it. The
  /// same lock as that of a new row that refers to the pool.
  @NativeQuery("select name from pool where name = :pool for key share")
  Optional<String> lockToRead(String pool);

  /// Waits until nobody reads the set, and keeps others from it until the transaction ends.
  @NativeQuery("select name from pool where name = :pool for update")
  Optional<String> lockToChange(String pool);

  @NativeQuery(
      """
      select migration_set as id, engine, schema_version as version,
             (select string_agg(version, ' ') from migration where pool = :pool and applied_at is null)
               as unapplied
      from pool where name = :pool
      """)
  Optional<SetState> state(String pool);

  @Modifying(clearAutomatically = true)
  @NativeQuery("delete from migration where pool = :pool and version = :version")
  int remove(String pool, String version);

  @Modifying(flushAutomatically = true)
  @NativeQuery("update pool set migration_set = gen_random_uuid() where name = :pool")
  int rename(String pool);

  /// The pool's new tenants are made at the version from now on.
  @Modifying
  @NativeQuery(
      "update pool set schema_version = cast(:version as text), migration_set = gen_random_uuid()"
          + " where name = :pool")
  int move(String pool, @Nullable String version);

  /// Moves the pool if it has no tenants, also none that may come back.
  @Modifying
  @NativeQuery(
      """
      update pool set schema_version = :version
      where name = :pool and not exists (
        select 1 from binding
        where pool = :pool and state not in ('abandoned', 'purging', 'purged'))
      """)
  int follow(String pool, String version);

  @Modifying
  @NativeQuery(
      """
      update migration set applied_at = :now
      where pool = :pool and version in (:versions) and applied_at is null
      """)
  int markApplied(String pool, List<String> versions, Instant now);

  /// The version to which a rollout is on its way. The table belongs to the rollouts, which lie
  /// above this package.
  @NativeQuery(
      """
      select version from rollout
      where pool = :pool and state in ('running', 'paused', 'halted', 'undoing', 'aborting')
      """)
  Optional<String> rolloutVersion(String pool);

  /// A pool's set, without its scripts.
  interface SetState {
    /// Which state of the set this is.
    UUID getId();

    /// Of the pool.
    String getEngine();

    /// That the pool is at.
    @Nullable String getVersion();

    /// The versions that are not marked as applied, between blanks; null for none.
    @Nullable String getUnapplied();
  }
}
