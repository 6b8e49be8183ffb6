/// SQL text as SQLite reads it: where a statement of a script ends, which word it begins with, and
/// its tokens. Nothing here knows a grammar or runs anything.
@NullMarked
package dev.burgage.migrations.sql;

import org.jspecify.annotations.NullMarked;
