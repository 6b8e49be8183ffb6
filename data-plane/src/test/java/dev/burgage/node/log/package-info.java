/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.log;

import org.jspecify.annotations.NullMarked;
