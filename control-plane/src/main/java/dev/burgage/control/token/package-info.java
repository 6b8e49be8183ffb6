/// Tokens with a scope and a right: made, listed and withdrawn by administrators of the fleet, and
/// known to nodes as a list of digests. It keeps no secret, and does not decide what a token may
/// do.
@NullMarked
package dev.burgage.control.token;

import org.jspecify.annotations.NullMarked;
