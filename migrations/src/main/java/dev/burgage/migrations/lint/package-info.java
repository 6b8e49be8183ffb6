/// What migrations will do to databases that have data and to code that is older than they are,
/// found out before any of them runs. SQLite itself is asked on a throw-away database; nothing here
/// knows a grammar, and nothing touches a tenant.
@NullMarked
package dev.burgage.migrations.lint;

import org.jspecify.annotations.NullMarked;
