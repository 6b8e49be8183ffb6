/// Says what is left of a database that was deleted: in the node's folder, its log and the store.
/// Believes no row and no list of what ought to be there; it looks.
@NullMarked
package dev.burgage.node.purge;

import org.jspecify.annotations.NullMarked;
