/// Object storage as the node needs it: whole objects under keys, written once, read in ranges,
/// listed in order. A folder for development, S3 for the rest; it knows nothing of what the objects
/// are.
@NullMarked
package dev.burgage.node.store;

import org.jspecify.annotations.NullMarked;
