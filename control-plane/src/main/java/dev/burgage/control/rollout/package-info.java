/// Rollouts: bring every tenant of a pool to a version, each on its node and in a transaction of
/// its own. A rollout is rows in PostgreSQL and goes on wherever a control plane runs; see
/// DESIGN.md beside this file.
@NullMarked
package dev.burgage.control.rollout;

import org.jspecify.annotations.NullMarked;
