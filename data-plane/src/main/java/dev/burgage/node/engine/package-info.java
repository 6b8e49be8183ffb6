/// One open SQLite database: a writer that groups commits, WAL readers beside it, deadlines, and
/// the node-wide bound on statements that run at once. It knows files and SQL, but no tenants.
@NullMarked
package dev.burgage.node.engine;

import org.jspecify.annotations.NullMarked;
