/// One data-plane process: its configuration, its parts and the order in which they start and stop.
/// Everything else of the node knows nothing of this package.
@NullMarked
package dev.burgage.node;

import org.jspecify.annotations.NullMarked;
