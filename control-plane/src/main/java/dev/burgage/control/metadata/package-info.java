/// The metadata PostgreSQL: either one that the operator names, or one that is unpacked, started,
/// watched and stopped here. Nobody else needs to know which.
@NullMarked
package dev.burgage.control.metadata;

import org.jspecify.annotations.NullMarked;
