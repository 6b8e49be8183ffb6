/// Tests of backups, of their schedule and of drills, on real databases, a real log and a folder as
/// the object store. The clock goes when it is told to.
@NullMarked
package dev.burgage.node.backup;

import org.jspecify.annotations.NullMarked;
