/// Cloudflare's REST API for D1 (`/client/v4`), so that tools made for it work here: an account is
/// a pool, a database's name is a tenant's id. This package has what its features share: envelopes,
/// codes, and finding accounts and databases.
@NullMarked
package dev.burgage.control.cloudflare;

import org.jspecify.annotations.NullMarked;
