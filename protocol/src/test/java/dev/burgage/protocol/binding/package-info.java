/// What bindings and grants look like on the wire. A line that an older peer wrote is read as it
/// was meant.
@NullMarked
package dev.burgage.protocol.binding;

import org.jspecify.annotations.NullMarked;
