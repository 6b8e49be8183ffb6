/// The rows of tenants: their life from being provisioned to being purged, how they are listed and
/// what of them is shown. Every change is a compare-and-set on the row's version.
@NullMarked
package dev.burgage.control.tenant;

import org.jspecify.annotations.NullMarked;
