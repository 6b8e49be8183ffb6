package dev.burgage.node.statistics;

import dev.burgage.d1.D1Meta;

/// What a statement that has run cost.
///
/// @param rowsReturned rows of its result
public record Cost(D1Meta meta, long rowsReturned) {}
