/// Databases as Cloudflare's API has them: made, listed by page, looked up, set and deleted. Each
/// is a tenant of the pool that the account names.
@NullMarked
package dev.burgage.control.cloudflare.database;

import org.jspecify.annotations.NullMarked;
