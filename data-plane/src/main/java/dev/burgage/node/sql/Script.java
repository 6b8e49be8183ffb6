package dev.burgage.node.sql;

import java.util.List;

/// Tenant SQL that passed the gate.
///
/// @param statements one or more, each of which SQLite prepares alone; parameters belong to the
///   last
/// @param changesSchema whether prepared statements of other connections may be out of date
///   afterwards
/// @param setsPragma whether its connection may behave otherwise afterwards
public record Script(
    List<String> statements, Access access, boolean changesSchema, boolean setsPragma) {
  public Script {
    statements = List.copyOf(statements);
  }
}
