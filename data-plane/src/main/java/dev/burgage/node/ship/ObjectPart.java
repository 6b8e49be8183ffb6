package dev.burgage.node.ship;

/// An object of runs, by what its key says.
///
/// @param indexBytes at its end, which name its runs
record ObjectPart(String key, long sizeBytes, int indexBytes) {}
