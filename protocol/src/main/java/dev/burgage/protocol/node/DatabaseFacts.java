package dev.burgage.protocol.node;

import org.jspecify.annotations.Nullable;

/// Answer to `GET /node/v1/pools/{pool}/tenants/{tenant}`: what a node knows of a database at this
/// moment.
///
/// @param sizeBytes in use in its file
/// @param tables without SQLite's own
/// @param bookmark of its newest commit
/// @param schemaVersion newest version in its history of migrations, or null if there is none
public record DatabaseFacts(
    long sizeBytes, int tables, String bookmark, @Nullable String schemaVersion) {}
