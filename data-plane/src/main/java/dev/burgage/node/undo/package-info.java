/// The states of databases from before a rollout, from which it is undone. A copy is whole and on
/// the disk before the migration commits, and knows whether anything was committed after it.
@NullMarked
package dev.burgage.node.undo;

import org.jspecify.annotations.NullMarked;
