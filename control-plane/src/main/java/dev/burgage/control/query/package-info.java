/// SQL over the control plane: passes a query to the node that owns the tenant, byte for byte. It
/// understands neither the query nor the answer.
@NullMarked
package dev.burgage.control.query;

import org.jspecify.annotations.NullMarked;
