/// A database as SQL, so that it comes back as it was. Knows SQLite's schema and nothing of
/// tenants.
@NullMarked
package dev.burgage.node.dump;

import org.jspecify.annotations.NullMarked;
