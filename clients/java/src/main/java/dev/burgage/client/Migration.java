package dev.burgage.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A migration that is registered to a pool.
///
/// @param version Flyway's version text: `3`, `2.1`
/// @param script the file name, `V3__add_invoices.sql`
/// @param checksum Flyway's CRC-32 over the lines of the script
/// @param appliedAt when a tenant first had it; null if none has, and it may still be replaced
public record Migration(
    String version,
    String description,
    String script,
    int checksum,
    @Nullable Instant registeredAt,
    @Nullable Instant appliedAt) {}
