/// Tests of what migrations leave behind on a node. With real databases and copies.
@NullMarked
package dev.burgage.node.migrate;

import org.jspecify.annotations.NullMarked;
