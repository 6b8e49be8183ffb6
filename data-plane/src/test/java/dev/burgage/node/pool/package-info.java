/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.pool;

import org.jspecify.annotations.NullMarked;
