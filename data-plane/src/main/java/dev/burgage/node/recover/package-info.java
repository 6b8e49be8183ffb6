/// Databases of this node whose files its disk has lost: made again from the object store and the
/// node's log, before their first use or in the background. They go on in the same history.
@NullMarked
package dev.burgage.node.recover;

import org.jspecify.annotations.NullMarked;
