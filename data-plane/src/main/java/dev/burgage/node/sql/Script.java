package dev.burgage.node.sql;

import java.util.List;

/// Tenant SQL that passed the gate.
///
/// @param statements one or more, each of which SQLite prepares alone; parameters belong to the
///   last
/// @param changesSchema whether prepared statements of other connections may be out of date
///   afterwards
public record Script(List<String> statements, Access access, boolean changesSchema) {
  public Script {
    statements = List.copyOf(statements);
  }
}
