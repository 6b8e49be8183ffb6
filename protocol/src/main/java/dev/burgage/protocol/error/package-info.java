/// The errors that callers can rely on: a stable code each, and the RFC 9457 problem document that
/// carries it.
@NullMarked
package dev.burgage.protocol.error;

import org.jspecify.annotations.NullMarked;
