/// The migration set of each pool: registered, checksummed, and immutable once any database may
/// have it. What a script may be is said by [dev.burgage.migrations.script]; nothing here runs one
/// but to try it.
@NullMarked
package dev.burgage.control.migration;

import org.jspecify.annotations.NullMarked;
