/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.engine;

import org.jspecify.annotations.NullMarked;
