/// The binding (which database serves a tenant, where, in which state) and the stream in which a
/// node learns of every binding. Messages are JSON lines; the node keeps the same lines on its
/// disk.
@NullMarked
package dev.burgage.protocol.binding;

import org.jspecify.annotations.NullMarked;
