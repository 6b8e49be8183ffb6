/// SQL over Cloudflare's API: `query` and `raw` of a database, passed to its node and answered in
/// an envelope.
@NullMarked
package dev.burgage.control.cloudflare.query;

import org.jspecify.annotations.NullMarked;
