/// The metadata PostgreSQL: either one that the operator names, or one that is unpacked, started,
/// watched and stopped here. Nobody else needs to know which. And copies of what is in it.
@NullMarked
package dev.burgage.control.metadata;

import org.jspecify.annotations.NullMarked;
