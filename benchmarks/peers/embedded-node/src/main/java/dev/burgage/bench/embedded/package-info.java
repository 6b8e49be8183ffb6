/// A node inside the process that uses its databases, by the API that a Java service has for it. It
/// is measured beside SQLite's own durable files.
@NullMarked
package dev.burgage.bench.embedded;

import org.jspecify.annotations.NullMarked;
