/// The child JVM for the peers that have no server: SQLite by JDBC and loops of Flyway; and the
/// clients of databases in one process. It takes one JSON command a line and answers with one JSON
/// line.
@NullMarked
package dev.burgage.bench.worker;

import org.jspecify.annotations.NullMarked;
