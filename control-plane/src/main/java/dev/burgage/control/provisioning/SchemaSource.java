package dev.burgage.control.provisioning;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pool's new databases are made from. The registry of migrations is the one there is;
/// without such a bean every new database is empty.
public interface SchemaSource {
  /// The pool's newest schema at this moment.
  PoolSchema current(PoolName pool, Engine engine);

  /// A schema that databases are made from.
  ///
  /// @param version of the template's last migration, null if it has none
  record PoolSchema(Template template, @Nullable String version) {
    static PoolSchema empty(Engine engine) {
      return new PoolSchema(new Template(engine, List.of()), null);
    }
  }
}
