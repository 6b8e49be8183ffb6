package dev.burgage.control.migration;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.MigrationScript;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/// A row of table `migration`. It is replaced as a whole as long as no database may have it, and
/// marked as applied by [MigrationRepository]'s statement.
@Entity
@Table(name = "migration")
class MigrationRow implements Persistable<MigrationKey> {
  @EmbeddedId private MigrationKey key;
  private String description;
  private String script;
  private int checksum;
  private String sql;
  private Instant registeredAt;
  private @Nullable Instant appliedAt;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected MigrationRow() {}

  MigrationRow(PoolName pool, MigrationScript script, Instant registeredAt) {
    this.key = new MigrationKey(pool.value(), script.version());
    this.description = script.description();
    this.script = script.script();
    this.checksum = script.checksum();
    this.sql = script.sql();
    this.registeredAt = registeredAt;
  }

  /// @param variants of its version
  RegisteredMigration toMigration(List<MigrationScript> variants) {
    return new RegisteredMigration(
        new MigrationScript(key.version(), description, script, checksum, sql),
        registeredAt,
        appliedAt,
        variants);
  }

  String version() {
    return key.version();
  }

  @Override
  public MigrationKey getId() {
    return key;
  }

  /// Rows are only ever saved when they are made.
  @Override
  public boolean isNew() {
    return true;
  }
}
