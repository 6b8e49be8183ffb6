/// Applies a migration set to one SQLite database, and makes the template that new databases are
/// copied from. Both leave the history that Flyway would, in the table
/// [dev.burgage.migrations.apply.History#TABLE], so that Flyway agrees with either.
@NullMarked
package dev.burgage.migrations.apply;

import org.jspecify.annotations.NullMarked;
