/// Makes databases for tenants and takes them away: persist the plan, order the node, record. What
/// a crash leaves half done is found and finished here.
@NullMarked
package dev.burgage.control.provisioning;

import org.jspecify.annotations.NullMarked;
