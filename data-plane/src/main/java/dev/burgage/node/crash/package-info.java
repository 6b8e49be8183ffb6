/// What ran inside SQLite when the process died, and what follows from it: a database that was at
/// it twice is quarantined, so that it cannot take its neighbours down a third time.
@NullMarked
package dev.burgage.node.crash;

import org.jspecify.annotations.NullMarked;
