/// `env.DB_POOL` for Java: the surface of Cloudflare's D1 binding, for every tenant of a pool. It
/// is one implementation over a [D1Transport]; in-process pools and pools behind HTTP differ only
/// in that.
@NullMarked
package dev.burgage.d1;

import org.jspecify.annotations.NullMarked;
