/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.store;

import org.jspecify.annotations.NullMarked;
