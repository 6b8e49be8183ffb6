/// The ids and positions that every part of Burgage uses, checked when they are made. Nothing else
/// in the house takes a pool, tenant, node or database as a plain string past its first line.
@NullMarked
package dev.burgage.protocol;

import org.jspecify.annotations.NullMarked;
