/// Time Travel as far as there is one: the bookmark of a database's newest commit. Nothing can be
/// restored from a bookmark yet, and the answers say so.
@NullMarked
package dev.burgage.control.cloudflare.history;

import org.jspecify.annotations.NullMarked;
