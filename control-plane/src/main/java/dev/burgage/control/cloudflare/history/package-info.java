/// D1's Time Travel: the bookmark of a moment, and the restore to one, answered from the commit
/// log. wrangler's `d1 time-travel` and Cloudflare's SDK work with it.
@NullMarked
package dev.burgage.control.cloudflare.history;

import org.jspecify.annotations.NullMarked;
