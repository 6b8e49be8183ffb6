/// Whole databases in and out over `/v1`, as files. Bytes stream between the caller and the
/// tenant's node; nothing is kept here.
@NullMarked
package dev.burgage.control.transfer;

import org.jspecify.annotations.NullMarked;
