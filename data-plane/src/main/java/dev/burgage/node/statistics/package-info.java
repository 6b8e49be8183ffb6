/// What statements cost: counted for each database and hour, within a bound, in memory. Never
/// metrics: there may be a million databases.
@NullMarked
package dev.burgage.node.statistics;

import org.jspecify.annotations.NullMarked;
