/// Databases that a rollout has left asleep: a stamp says which rollout's migrations each gets
/// before its next statement. Stamps and what became of those that woke outlast the process, and
/// need no control plane.
@NullMarked
package dev.burgage.node.dormant;

import org.jspecify.annotations.NullMarked;
