/// Whole databases in and out: uploads and imports of SQL, exports as SQL, copies as SQLite files.
/// The bytes wait in this node's data folder; see DESIGN.md.
@NullMarked
package dev.burgage.node.transfer;

import org.jspecify.annotations.NullMarked;
