/// Tests of the process that reads SQLite files from outside. Programs that misbehave stand in for
/// it, as processes of their own.
@NullMarked
package dev.burgage.node.rebuild;

import org.jspecify.annotations.NullMarked;
