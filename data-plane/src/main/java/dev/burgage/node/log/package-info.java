/// The node's commit log: what SQLite committed is read from its WAL, appended to one file for all
/// databases, and durable when one fsync for all who wait has returned; from a base and the log any
/// commit is made again, byte by byte. It knows files and bytes, not who uses a database; see
/// DESIGN.md here and docs/commit-log.md.
@NullMarked
package dev.burgage.node.log;

import org.jspecify.annotations.NullMarked;
