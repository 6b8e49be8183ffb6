package dev.burgage.protocol.node;

/// Answer to `GET /node/v1/pools/{pool}/tenants/{tenant}`: what a node knows of a database at this
/// moment.
///
/// @param sizeBytes in use in its file
/// @param tables without SQLite's own
/// @param bookmark of its newest commit
public record DatabaseFacts(long sizeBytes, int tables, String bookmark) {}
