/// What statements cost: counted for each database and hour, within a bound, in memory, and written
/// to a file now and then. Never metrics: there may be a million databases.
@NullMarked
package dev.burgage.node.statistics;

import org.jspecify.annotations.NullMarked;
