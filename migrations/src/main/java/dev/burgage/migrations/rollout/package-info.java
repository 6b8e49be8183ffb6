/// The rollout's state machine as functions over records: which verb makes sense in which state,
/// when a gate breaks and what is said of it, and what the runner does next. Nothing here reads a
/// clock, a table or a node.
@NullMarked
package dev.burgage.migrations.rollout;

import org.jspecify.annotations.NullMarked;
