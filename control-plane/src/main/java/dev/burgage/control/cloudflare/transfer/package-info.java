/// Imports, exports, backups and the links by which their files come and go. The control plane
/// passes bytes on and keeps none; the tenant's node does the work. See DESIGN.md of the data
/// plane's package `transfer`.
@NullMarked
package dev.burgage.control.cloudflare.transfer;

import org.jspecify.annotations.NullMarked;
