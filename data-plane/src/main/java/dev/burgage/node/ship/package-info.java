/// The commit log's way to object storage and back: slices of the log are written there, merged as
/// they grow old, and a database is made again from them as of any commit that is kept. It needs
/// the store alone; see DESIGN.md here and docs/object-store.md.
@NullMarked
package dev.burgage.node.ship;

import org.jspecify.annotations.NullMarked;
