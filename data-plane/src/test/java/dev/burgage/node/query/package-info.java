/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.query;

import org.jspecify.annotations.NullMarked;
