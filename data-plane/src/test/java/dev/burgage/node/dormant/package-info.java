/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.dormant;

import org.jspecify.annotations.NullMarked;
