/// `burgage snapshot`: brings a tenant's database from a server to a developer's disk as a SQLite
/// file. What must not leave production is masked before the file gets its name.
@NullMarked
package dev.burgage.node.snapshot;

import org.jspecify.annotations.NullMarked;
