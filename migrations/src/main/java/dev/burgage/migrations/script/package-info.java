/// Reads a pool's migration files into a checked, ordered set. flyway-core says what a name, a
/// version and a checksum are; the rules on what a script may contain are ours and hold before any
/// of it runs.
@NullMarked
package dev.burgage.migrations.script;

import org.jspecify.annotations.NullMarked;
