/// A rollout's part on one node: brings databases to a version, each alone, while all others go on.
/// What became of each is a value; no tenant's failure stops the rest.
@NullMarked
package dev.burgage.node.migrate;

import org.jspecify.annotations.NullMarked;
