/// Pools: named sets of tenant databases that share one schema history. A pool goes only when it
/// has no tenants.
@NullMarked
package dev.burgage.control.pool;

import org.jspecify.annotations.NullMarked;
