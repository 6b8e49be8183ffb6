package dev.burgage.protocol.node;

import java.util.List;

/// Body of `POST /node/v1/pools/{pool}/tenants/{tenant}/exports`: write the database as SQL.
///
/// @param noSchema leaves CREATE statements out
/// @param noData leaves rows out
/// @param tables only these; none means all
/// @param shell in the form that only SQLite's own shell reads, which can hold virtual tables
public record ExportOrder(boolean noSchema, boolean noData, List<String> tables, boolean shell) {
  public ExportOrder {
    tables = List.copyOf(tables);
  }
}
