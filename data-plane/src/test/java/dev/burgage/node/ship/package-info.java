/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.ship;

import org.jspecify.annotations.NullMarked;
