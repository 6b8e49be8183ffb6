/// SQLite files from outside: read by a process of their own, which says their content as SQL, and
/// never opened by the node. See DESIGN.md.
@NullMarked
package dev.burgage.node.rebuild;

import org.jspecify.annotations.NullMarked;
