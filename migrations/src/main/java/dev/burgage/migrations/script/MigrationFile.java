package dev.burgage.migrations.script;

/// A migration as it was handed in, not yet checked.
///
/// @param name the file's name without folders, `V3__add_invoices.sql`
/// @param sql the file's text
public record MigrationFile(String name, String sql) {}
