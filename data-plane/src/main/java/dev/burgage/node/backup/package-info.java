/// Full copies of databases in the object store: made by a schedule or when asked for, listed,
/// sent, put back, deleted by age. Drills restore some of them, and the log beside them, and say
/// whether that works.
@NullMarked
package dev.burgage.node.backup;

import org.jspecify.annotations.NullMarked;
