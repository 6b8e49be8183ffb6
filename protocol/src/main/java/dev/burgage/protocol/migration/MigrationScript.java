package dev.burgage.protocol.migration;

/// One migration, read and checked.
///
/// @param version Flyway's version text: `3`, `2.1`
/// @param description Flyway's description: the file name's words
/// @param script the file name, `V3__add_invoices.sql`
/// @param checksum Flyway's CRC-32 over the lines of the script
public record MigrationScript(
    String version, String description, String script, int checksum, String sql) {}
