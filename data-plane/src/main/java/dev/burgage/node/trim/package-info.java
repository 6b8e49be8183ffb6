/// Gives back segments of the commit log that no database needs any more. What they hold is brought
/// into the databases' files first, while those are used or not.
@NullMarked
package dev.burgage.node.trim;

import org.jspecify.annotations.NullMarked;
