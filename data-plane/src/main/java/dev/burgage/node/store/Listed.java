package dev.burgage.node.store;

/// An object that a store has.
///
/// @param sizeBytes all of it
public record Listed(String key, long sizeBytes) {}
