/// The nodes of the cell: which there are, which are alive, how they are ordered about and which of
/// them gets the next database.
@NullMarked
package dev.burgage.control.node;

import org.jspecify.annotations.NullMarked;
