/// The databases that are open now: opened when they are first asked for, bounded in number, the
/// longest unused closed first. A borrowed database stays open until it is given back.
@NullMarked
package dev.burgage.node.pool;

import org.jspecify.annotations.NullMarked;
