/// Bounds what requests take of the node's heap together, so that many large ones at once are
/// refused in part, where they would end the process and with it everybody's requests. Small ones,
/// nearly all of them, are not counted.
@NullMarked
package dev.burgage.node.memory;

import org.jspecify.annotations.NullMarked;
