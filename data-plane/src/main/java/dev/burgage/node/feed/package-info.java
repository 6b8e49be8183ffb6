/// The binding stream as a node reads it: one request to the control plane that never ends, a local
/// journal of its lines to start from when the control plane is away, and the question for one
/// binding.
@NullMarked
package dev.burgage.node.feed;

import org.jspecify.annotations.NullMarked;
