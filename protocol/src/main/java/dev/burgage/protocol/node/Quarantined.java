package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import java.time.Instant;

/// A database whose statements a node refuses, because it died under them.
///
/// @param reason for people
public record Quarantined(DatabaseId database, Instant since, String reason) {}
