/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.crash;

import org.jspecify.annotations.NullMarked;
