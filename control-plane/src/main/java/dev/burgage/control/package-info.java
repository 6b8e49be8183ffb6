/// The control plane: the API over pools and tenants, with its truth in PostgreSQL. Packages are by
/// feature, and point only downwards: rollout → migration → provisioning → tenant → binding → node
/// → access → web.
@NullMarked
package dev.burgage.control;

import org.jspecify.annotations.NullMarked;
