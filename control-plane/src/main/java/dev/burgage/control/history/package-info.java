/// The past of tenants' databases: bookmarks, restores in place, differences, as their nodes tell
/// and do them. What it does to the row of a tenant is to say which schema version it has
/// afterwards.
@NullMarked
package dev.burgage.control.history;

import org.jspecify.annotations.NullMarked;
