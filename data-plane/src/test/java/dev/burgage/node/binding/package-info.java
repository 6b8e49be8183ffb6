/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.binding;

import org.jspecify.annotations.NullMarked;
