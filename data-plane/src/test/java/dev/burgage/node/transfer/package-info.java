/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.transfer;

import org.jspecify.annotations.NullMarked;
