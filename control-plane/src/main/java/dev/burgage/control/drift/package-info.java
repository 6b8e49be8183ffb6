/// Drift: tenants whose schema is not that of their version, found by looking at a few tenants at a
/// time, and in what they differ. Nothing here changes a tenant's database. See DESIGN.md.
@NullMarked
package dev.burgage.control.drift;

import org.jspecify.annotations.NullMarked;
