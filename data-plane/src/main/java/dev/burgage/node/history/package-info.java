/// A database as it was: which commit a moment stands for, its file as of then, and what is done
/// with that: looking at it, comparing it, putting it in place, making another database of it.
/// Every file is made by [dev.burgage.node.ship.Restore]; see DESIGN.md.
@NullMarked
package dev.burgage.node.history;

import org.jspecify.annotations.NullMarked;
