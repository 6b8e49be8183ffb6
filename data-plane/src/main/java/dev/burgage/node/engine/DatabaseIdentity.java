package dev.burgage.node.engine;

import dev.burgage.protocol.DatabaseId;

/// Which database a file is: what its bookmarks carry.
public record DatabaseIdentity(DatabaseId database, long generation) {}
