/// Stands between SQL that somebody else wrote and SQLite: an authorizer on every connection that
/// is opened here, which allows nothing unless a policy is set. Also replaces those of SQLite's
/// functions that could keep a core busy for hours.
@NullMarked
package dev.burgage.migrations.guard;

import org.jspecify.annotations.NullMarked;
