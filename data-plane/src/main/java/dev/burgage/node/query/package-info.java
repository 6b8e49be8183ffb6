/// A request's statements from bytes to bytes: D1's wire format in, the tenant's database, D1's
/// wire format out. It knows nothing of the HTTP server that carries it.
@NullMarked
package dev.burgage.node.query;

import org.jspecify.annotations.NullMarked;
