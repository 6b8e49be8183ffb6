/// What tenant SQL is before it reaches SQLite: split into statements, checked against what a
/// tenant may say at all, and sorted into reads and writes.
@NullMarked
package dev.burgage.node.sql;

import org.jspecify.annotations.NullMarked;
