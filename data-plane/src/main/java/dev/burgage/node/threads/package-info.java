/// How the node's platform threads are made: named, bounded, and with an urgency.
@NullMarked
package dev.burgage.node.threads;

import org.jspecify.annotations.NullMarked;
