package dev.burgage.control.provisioning;

import dev.burgage.control.pool.MigrationSetId;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.Template;
import org.jspecify.annotations.Nullable;

/// What a pool's new databases are made from. The registry of migrations is the one there is. All
/// scripts of a schema that it gives count as applied: none of them changes any more.
public interface SchemaSource {
  /// The pool's schema as this process saw it last, or its newest. Whoever makes a tenant of it
  /// must let the statement that does so check that the pool still has this set.
  ///
  /// @throws dev.burgage.protocol.error.BurgageException `unknown_pool`
  PoolSchema known(PoolName pool);

  /// The pool's newest schema at this moment.
  ///
  /// @throws dev.burgage.protocol.error.BurgageException `unknown_pool`
  PoolSchema current(PoolName pool);

  /// A schema that databases are made from.
  ///
  /// @param set the pool's migration set, of which it is made
  /// @param templateId the template's id, which takes a digest of all scripts to know
  /// @param version of the template's last migration, null if it has none
  record PoolSchema(
      MigrationSetId set, Template template, String templateId, @Nullable String version) {
    public static PoolSchema of(MigrationSetId set, Template template) {
      return new PoolSchema(
          set,
          template,
          template.id(),
          template.scripts().isEmpty() ? null : template.scripts().getLast().version());
    }
  }
}
