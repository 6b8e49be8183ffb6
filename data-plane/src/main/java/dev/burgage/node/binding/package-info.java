/// What the node knows of the cell: which database serves a tenant, which nodes there are, which
/// tokens count. All of it is in memory, and the feed alone changes it.
@NullMarked
package dev.burgage.node.binding;

import org.jspecify.annotations.NullMarked;
