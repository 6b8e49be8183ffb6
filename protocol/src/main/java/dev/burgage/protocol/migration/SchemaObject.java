package dev.burgage.protocol.migration;

/// A table, index, view or trigger of a tenant's schema, in canonical form: two objects that differ
/// only in white space, comments, quotes and letter case of names are the same.
///
/// @param type `table`, `index`, `view` or `trigger`
/// @param table the one it belongs to; itself for a table or view
public record SchemaObject(String type, String name, String table, String sql) {}
